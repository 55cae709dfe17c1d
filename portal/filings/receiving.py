"""From quarantine to `recus` and to the database: a deposit is acknowledged once both hold it, whatever is killed next.

The bytes come first: a file without a row harms nobody and is met again by whoever sends it once more; a row without
its file would be a receipt for nothing.
"""

import uuid
from pathlib import Path
from typing import BinaryIO, NotRequired, TypedDict, Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from greencloud import deposits, durable, tables
from greencloud.errors import cause, fix
from portal import audit, taken
from portal.access import Visitor
from portal.database import Database
from portal.errors import NotFound
from portal.filings import places, quarantine, quotas
from portal.filings.errors import FilingError, NotTaken, UnknownTable, Unstored
from portal.filings.quarantine import Arrived
from portal.filings.turns import Turns
from portal.filings.workshop import Workshop, answer
from portal.models import RECEIVED, SUPERSEDED, WITHDRAWN, Filing
from portal.settings import Settings

_ENDED = (SUPERSEDED, WITHDRAWN)
_YEARS = range(2000, 2101)
_TURNS = Turns()
"""Of the receptions: two at once would both be within the limits of their body, or both be the first."""


class Told(TypedDict):
    """What is said of a file beside its bytes; `annee` of the campaign, `supersedes`: the deposit that it replaces."""

    name: str
    table: str | None
    siren: str
    visitor: Visitor
    annee: NotRequired[int | None]
    supersedes: NotRequired[str | None]


def receive(
    database: Database, settings: Settings, workshop: Workshop, stream: BinaryIO, **told: Unpack[Told]
) -> Filing:
    """Take an open file in: once this returns, its bytes and its row are on the disk.

    `table` None: read off the header. The same bytes of the same body for the same table are one deposit, received
    once; one that was withdrawn or superseded begins anew. Any other is refused beyond the limits of the body. Raises
    FilingError and NotFound.
    """
    with quarantine.taken(settings, quarantine.blocks_of(stream)) as arrived:
        return admit(database, settings, workshop, arrived, **told)[0]


def admit(
    database: Database,
    settings: Settings,
    workshop: Workshop,
    arrived: Arrived,
    *,
    name: str,
    table: str | None,
    siren: str,
    visitor: Visitor,
    annee: int | None = None,
    supersedes: str | None = None,
) -> tuple[Filing, bool]:
    """Take in a file that stands in quarantine; the deposit, and whether it is a new one. See `receive`."""
    if annee is not None and annee not in _YEARS:
        raise FilingError("L'année n'est pas entre 2000 et 2100. Corrigez-la, ou ne la donnez pas.")
    if siren not in visitor.sirens:
        raise NotFound
    safe = places.file_name(name)
    target = _table(settings, workshop, arrived, safe, table)
    filing = Filing(
        id=str(uuid.uuid4()),
        siren=siren,
        compte_id=visitor.account_id,
        jeton_id=visitor.token_id,
        annee=annee,
        table_visee=target,
        nom_fichier=safe,
        sha256=arrived.sha256,
        octets=arrived.octets,
        recu_le=deposits.now(),
        etat=RECEIVED,
        remplace=supersedes,
    )
    return _recorded(database, settings, filing, visitor, arrived)


_OF_METERS = {
    tables.METERS: "un registre de compteurs",
    tables.READINGS: "un fichier de relevés de compteurs",
}


def _table(settings: Settings, workshop: Workshop, arrived: Arrived, name: str, table: str | None) -> str:
    if table:
        _refuse_meters(table)
        if table not in taken.TABLES:
            known = ", ".join(taken.TABLES)
            raise UnknownTable(f"La table « {deposits.visible(table)[:40]} » n'existe pas. Choisissez parmi : {known}.")
        return table
    data = {"chemin": str(arrived.path), "nom": name}
    with workshop.made("reconnaitre", places.work(settings), data) as folder:
        found: str | None = answer(folder)["table"]
    if found is not None:
        _refuse_meters(found)
    if found is None or found not in taken.TABLES:
        raise UnknownTable(
            "L'en-tête de ce fichier n'est celui d'aucune table attendue. Choisissez la table (centres, declarations "
            "ou consommations), ou reprenez le modèle du portail."
        )
    return found


def _refuse_meters(table: str) -> None:
    if table in _OF_METERS:
        raise NotTaken(
            f"Ce fichier est {_OF_METERS[table]}, que le portail ne reçoit pas : rien n'a été conservé. Remettez-le "
            f"à qui publie les données ; il se dépose avec greencloud deposit FICHIER --table {table} --emetteur SIREN."
        )


def _settle(settings: Settings, arrived: Arrived) -> None:
    """Give the bytes their lasting name, and have the disk take it. Bytes that are there already stay."""
    place = places.received(settings, arrived.sha256)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if not _is_whole(place, arrived.octets):
            arrived.path.replace(place)
        durable.flush(place.parent)
        durable.flush(place.parent.parent)
    except OSError as error:
        raise Unstored(f"Le fichier n'a pas pu être enregistré : {cause(error)}. {fix(error)}") from error


def _is_whole(place: Path, octets: int) -> bool:
    return place.is_file() and place.stat().st_size == octets


def _recorded(
    database: Database, settings: Settings, filing: Filing, visitor: Visitor, arrived: Arrived
) -> tuple[Filing, bool]:
    """The bytes, then the row: what is beyond the limits of the body keeps neither."""
    with _TURNS.of(filing.siren):
        with database.session() as session:
            _refuse_other_body(session, filing)
            known = _known(session, filing)
            fresh = known is None or known.etat in _ENDED
            if fresh:
                quotas.refuse_excess(session, settings, filing)
        _settle(settings, arrived)  # in no transaction: SQLite's only writer would wait for the disk
        if known is not None and not fresh:
            return known, False
        with database.session() as session:
            return _kept(session, filing, visitor), True


def _known(session: Session, filing: Filing) -> Filing | None:
    """The deposit of the same bytes, locked: a withdrawal under way ends first, or what begins anew would be withdrawn
    with what it was.
    """
    same = select(Filing).where(
        Filing.siren == filing.siren, Filing.table_visee == filing.table_visee, Filing.sha256 == filing.sha256
    )
    return session.scalar(same.with_for_update(key_share=True).execution_options(populate_existing=True))


def _kept(session: Session, filing: Filing, visitor: Visitor) -> Filing:
    """The row of a deposit that is new, or begins anew, and its line in the audit log."""
    known = _known(session, filing)
    kept = _begun_anew(known, filing) if known is not None else filing
    session.add(kept)
    session.flush()
    audit.record(
        session,
        actor=visitor.actor,
        action=quotas.NEW if known is None else quotas.AGAIN,
        siren=kept.siren,
        subject=kept.id,
        sha256=kept.sha256,
        octets=kept.octets,
        table=kept.table_visee,
    )
    return kept


def _refuse_other_body(session: Session, filing: Filing) -> None:
    """What is superseded must be of the same body and table: an identifier in a form is anybody's."""
    old = session.get(Filing, filing.remplace) if filing.remplace else None
    if filing.remplace and (old is None or (old.siren, old.table_visee) != (filing.siren, filing.table_visee)):
        raise NotFound


def _begun_anew(known: Filing, filing: Filing) -> Filing:
    """A deposit that was ended and is handed in once more: the audit log keeps what it was."""
    known.etat, known.recu_le = RECEIVED, filing.recu_le
    known.compte_id, known.jeton_id, known.annee = filing.compte_id, filing.jeton_id, filing.annee
    known.nom_fichier = filing.nom_fichier
    known.confirme_le = known.retire_le = known.commentaire = known.sites = None
    known.remplace = filing.remplace if filing.remplace != known.id else None
    return known
