"""The life of a deposit after its check: confirmed, superseded, withdrawn. Each step is one transaction and its line
in the audit log; nothing is ever deleted."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from greencloud import deposits
from portal import audit, mail
from portal.access import Visitor
from portal.access import filing as own
from portal.database import Database
from portal.filings import lineage, places, shelf, spoken, verdict
from portal.filings.errors import FilingError, Foreign, WrongState
from portal.filings.shapes import Checked
from portal.filings.turns import Turns
from portal.filings.workshop import Workshop, answer
from portal.models import CHECKED, CONFIRMED, SUPERSEDED, WITHDRAWN, Account, Filing, Message
from portal.settings import Settings

_LONGEST = 2_000
_NAMED = 3
_DONE = (CONFIRMED, SUPERSEDED)
_TURNS = Turns()
"""Of the confirmations and the withdrawals: what a row says of `raw` stays so until `raw` has followed, and what one
puts back when it fails is nothing another counts on."""


def confirm(
    database: Database,
    settings: Settings,
    workshop: Workshop,
    filing: Filing,
    *,
    visitor: Visitor,
    comment: str | None = None,
) -> Filing:
    """Hand a checked deposit to the next edition; a second time changes nothing. Raises NotFound, FilingError.

    `raw` comes first, the row after it: what a kill leaves between the two is undone at the next start. A deposit that
    it supersedes stays in `raw` for the published history of corrections, unless it has rows that this one lacks: the
    library would go on counting them.
    """
    with database.reading() as session:
        current = own(visitor, session, filing.id, acting=True)
    received = current.recu_le
    if _is_done(current):
        return current
    checked = verdict.check(database, settings, workshop, current)
    refuse_unfit(checked, visitor)
    with _TURNS.of(current.siren):
        with database.reading() as session:  # others had their turn during the check
            current = own(visitor, session, filing.id, acting=True)
        if _is_done(current):
            return current
        if current.recu_le != received:
            raise WrongState(lineage.CHANGED)
        return _shelved(database, settings, workshop, current, checked, visitor, _text(comment))


def _is_done(filing: Filing) -> bool:
    """Whether a deposit was confirmed already, replaced since or not. Raises WrongState when it cannot be."""
    if filing.etat not in (CHECKED, *_DONE):
        raise WrongState(_WRONG[filing.etat])
    return filing.etat in _DONE


def _shelved(
    database: Database,
    settings: Settings,
    workshop: Workshop,
    filing: Filing,
    checked: Checked,
    visitor: Visitor,
    comment: str | None,
) -> Filing:
    gone: list[Filing] = []
    first = shelf.put(settings, workshop, filing)
    try:
        for old in lineage.in_the_way(database, filing):
            if _lacks(settings, workshop, filing, old) and shelf.take_out(settings, old, earlier=True):
                gone.append(old)
        with database.session() as session:
            return _confirmed(session, settings, filing, checked, visitor, comment, first, gone)
    except Exception:
        _undo(database, settings, workshop, filing, gone)
        raise


_WRONG = {
    "recu": "Ce dépôt n'est pas encore contrôlé. Ouvrez son rapport, puis confirmez-le.",
    "illisible": "Ce fichier ne peut pas être lu : il ne peut pas être confirmé. Déposez un fichier corrigé.",
    "retire": "Ce dépôt a été retiré. Déposez le fichier à nouveau pour le confirmer.",
}


def refuse_unfit(checked: Checked, visitor: Visitor) -> None:
    """Raise FilingError for a file without an accepted row; see `refuse_foreign`."""
    if not checked.report["stats"]["accepted"]:
        raise FilingError("Aucune ligne de ce fichier n'est acceptée : rien ne serait publié. Corrigez-le d'abord.")
    refuse_foreign(checked, visitor)


def refuse_foreign(checked: Checked, visitor: Visitor) -> None:
    """Raise Foreign for a file that speaks of sites of a body that the visitor does not act for."""
    foreign = [site for site in checked.foreign if site[:9] not in visitor.sirens]
    if foreign:
        named = ", ".join(foreign[:_NAMED]) + (", …" if len(foreign) > _NAMED else "")
        raise Foreign(
            f"Ce fichier parle de sites d'un autre organisme ({named}) : leur identifiant commence par un autre SIREN "
            "que le vôtre. Retirez ces lignes, ou demandez à cet organisme de vous inviter."
        )


def _confirmed(
    session: Session,
    settings: Settings,
    filing: Filing,
    checked: Checked,
    visitor: Visitor,
    comment: str | None,
    first: bool,
    gone: Sequence[Filing],
) -> Filing:
    current = lineage.held(session, filing.id)
    if current.etat != CHECKED or current.recu_le != filing.recu_le:
        raise WrongState(lineage.CHANGED)
    current.etat, current.confirme_le, current.commentaire = CONFIRMED, deposits.now(), comment
    current.sites = spoken.text(checked.sites)
    superseded = list(lineage.to_supersede(session, current))
    for old in superseded:
        old.etat = SUPERSEDED
    mail.receipt(session, settings, current, session.get(Account, visitor.account_id))
    session.flush()  # whatever waits for a row waits now: the log, once it is held, holds everybody up
    told = {"actor": visitor.actor, "siren": current.siren}
    audit.record(session, action="depot_confirme", subject=current.id, sha256=current.sha256, premier=first, **told)
    for old in superseded:
        out = any(one.id == old.id for one in gone)
        audit.record(session, action="depot_remplace", subject=old.id, par=current.id, sorti=out, **told)
    return current


def _lacks(settings: Settings, workshop: Workshop, filing: Filing, old: Filing) -> bool:
    """Whether an older deposit in `raw` has rows whose keys the new one does not give again."""
    if not shelf.holds_as_ours(settings, old, earlier=True):
        return False
    data = {**verdict.job_data(settings, filing), "ancien": verdict.job_data(settings, old)}
    with workshop.made("couvrir", places.work(settings), data) as folder:
        return not answer(folder)["couvre"]


def _undo(database: Database, settings: Settings, workshop: Workshop, filing: Filing, gone: Sequence[Filing]) -> None:
    """Have `raw` hold what it held before, within the turn of the body: nobody confirms or withdraws amid it."""
    with database.session() as session:
        rows = lineage.taken(session, [filing.id, *(old.id for old in gone)])
    if rows[filing.id].etat in _DONE:  # the error came after the row was kept
        return
    shelf.take_out(settings, filing)
    for old in gone:  # not one that was handed in again: what of it was confirmed is history
        same = (rows[old.id].etat, rows[old.id].recu_le) == (old.etat, old.recu_le)
        if same and old.etat in _DONE:
            shelf.put(settings, workshop, old)


def withdraw(
    database: Database, settings: Settings, workshop: Workshop, filing: Filing, *, visitor: Visitor, reason: str
) -> Filing:
    """Take a deposit back: the next edition is made without it. A second time only finishes it.

    Its bytes stay in `recus`, its card in `retires`. Raises NotFound, and FilingError without a reason.
    """
    why = _text(reason)
    if why is None:
        raise FilingError("Dites en une phrase pourquoi ce dépôt est retiré : la raison reste dans son historique.")
    gone: list[Filing] = []
    try:
        with _TURNS.of(filing.siren):
            return _taken_back(database, settings, filing, visitor, why, gone)
    finally:  # after the turn, for it takes those of others; and of what left before the disk refused the rest too
        for one in gone:
            _give_back(database, settings, workshop, one)


def _taken_back(
    database: Database, settings: Settings, filing: Filing, visitor: Visitor, why: str, gone: list[Filing]
) -> Filing:
    """The row, then what has to leave `raw`; `gone` takes what has left."""
    with database.session() as session:
        current = own(visitor, session, filing.id, acting=True)
        # Locked: a reception under way, which begins it anew, ends first.
        current = lineage.taken(session, [current.id])[current.id]
        # One that was withdrawn already is taken out again: the disk may have refused the first time.
        followed = current.etat == CONFIRMED or (current.etat == WITHDRAWN and current.confirme_le is not None)
        if current.etat != WITHDRAWN:
            _withdrawn(session, current, visitor, why)
    # What it replaced does not come back by itself, and leaves first: a start after a kill then knows what is left.
    for one in lineage.replaced(database, current) if followed else ():
        if shelf.take_out_replaced(settings, one):
            gone.append(one)
    if shelf.take_out(settings, current):
        gone.append(current)
    return current


def _withdrawn(session: Session, filing: Filing, visitor: Visitor, why: str) -> None:
    before = filing.etat
    filing.etat, filing.retire_le = WITHDRAWN, deposits.now()
    session.add(Message(depot_id=filing.id, compte_id=visitor.account_id, texte=why, cree_le=filing.retire_le))
    session.flush()
    told = {"siren": filing.siren, "subject": filing.id, "etat": before}
    audit.record(session, actor=visitor.actor, action="depot_retire", **told)


def _give_back(database: Database, settings: Settings, workshop: Workshop, filing: Filing) -> None:
    """Another body may have confirmed the very same bytes: they are its own from now on.

    It is done in its turn, for it may be withdrawing them too.
    """
    same = select(Filing).where(Filing.sha256 == filing.sha256, Filing.etat == CONFIRMED, Filing.id != filing.id)
    with database.reading() as session:
        others = session.scalars(same.order_by(Filing.recu_le)).all()
    for other in others:
        with _TURNS.of(other.siren):
            with database.reading() as session:
                now = session.get_one(Filing, other.id)
            if now.etat == CONFIRMED:
                shelf.put(settings, workshop, now)


def _text(given: str | None) -> str | None:
    """What a person wrote, without controls, line breaks kept; None when it is nothing."""
    lines = (deposits.visible(line) for line in (given or "")[:_LONGEST].splitlines())
    return "\n".join(lines).strip() or None
