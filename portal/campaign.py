"""The campaigns: a year that is declared, until when, and the bodies that are expected to."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from greencloud.deposits import is_siren, siren_fault, visible
from portal import audit, delegations
from portal.days import today
from portal.errors import Conflict, NotFound, Refused
from portal.models import Body, Campaign, Expected

FIRST_YEAR, LAST_YEAR = 2000, 2100
LONGEST_LIST = 5_000
_SEPARATORS = re.compile(r"[;\t]")
# What a column of numbers is called, and nothing more: a line that says more is about a body.
_WORD = r"(?:n°|num[ée]ro|code|identifiant|id|siren|siret)"
_OF_WHOM = r"[\s_](?:de\s)?(?:l['’]|la\s)?(?:organisme|collectivit[ée]|entit[ée]|[ée]tablissement)"
_LABEL = re.compile(rf"(?i){_WORD}(?:[\s_]?(?:de\s)?{_WORD})?(?:{_OF_WHOM})?")


class NoDay(Refused):
    """The day by which a campaign should end is none of the calendar."""


@dataclass(frozen=True)
class Line:
    """A body of a list: its SIREN, its name, why it is expected."""

    siren: str
    nom: str
    motif: str | None = None


def current(session: Session) -> Campaign | None:
    """The campaign that is open, of the latest year; None when there is none."""
    opened = select(Campaign).where(Campaign.close_le.is_(None)).order_by(Campaign.annee.desc()).limit(1)
    return session.scalar(opened)


def every(session: Session) -> list[Campaign]:
    """All of them, the latest first."""
    return list(session.scalars(select(Campaign).order_by(Campaign.annee.desc())))


def one(session: Session, year: int) -> Campaign:
    """The campaign of a year. Raises NotFound."""
    found = session.get(Campaign, year)
    if found is None:
        raise NotFound("Aucune campagne n’est ouverte pour cette année. Ouvrez-la depuis la page Campagnes.")
    return found


def open_year(session: Session, actor: str, year: str, limit: str) -> Campaign:
    """Open a campaign; `year` and `limit` as a form gives them. Raises Refused, Conflict."""
    annee, limite = _year(year), _day(limit)
    if session.get(Campaign, annee) is not None:
        raise Conflict(f"La campagne {annee} existe déjà. Ouvrez sa page pour en changer la date limite.")
    opened = Campaign(annee=annee, ouverte_le=today(), limite=limite)
    session.add(opened)
    audit.record(session, actor=actor, action="campagne_ouverte", subject=str(annee), limite=limite)
    return opened


def move_limit(session: Session, actor: str, year: int, limit: str) -> None:
    """Change the day by which a campaign ends. Raises NotFound, Refused."""
    campaign, limite = one(session, year), _day(limit)
    audit.record(session, actor=actor, action="campagne_limite", subject=str(year), avant=campaign.limite, apres=limite)
    campaign.limite = limite


def close(session: Session, actor: str, year: int, *, closed: bool) -> None:
    """Close a campaign, or open it again. Raises NotFound."""
    campaign = one(session, year)
    campaign.close_le = today() if closed else None
    audit.record(session, actor=actor, action="campagne_close" if closed else "campagne_rouverte", subject=str(year))


def read_list(text: str) -> list[Line]:
    """The bodies of a pasted list, one a line: `SIREN ; nom ; motif`; a first line of labels is none of them.

    Raises Refused, that names the first bad line.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if lines and _LABEL.fullmatch(_cells(lines[0][1])[0]):
        del lines[0]
    if not lines or len(lines) > LONGEST_LIST:
        raise Refused(f"La liste doit tenir entre 1 et {LONGEST_LIST} lignes. Collez une ligne par organisme.")
    return [_line(number, line) for number, line in lines]


def expect(session: Session, actor: str, year: int, lines: Iterable[Line]) -> int:
    """Expect bodies in a campaign, made known when they were not; how many were not expected before. Raises NotFound.

    A name that is given replaces a mere number, never a name that somebody wrote.
    """
    one(session, year)
    expected = set(session.scalars(select(Expected.siren).where(Expected.annee == year)))
    added = []
    for line in lines:
        _know(session, line)
        if line.siren not in expected:
            expected.add(line.siren)
            added.append(line.siren)
            session.add(Expected(annee=year, siren=line.siren, motif=line.motif))
    session.flush()
    if added:
        audit.record(session, actor=actor, action="attendus_ajoutes", subject=str(year), nombre=len(added))
    return len(added)


def expect_again(session: Session, actor: str, year: int) -> int:
    """Expect the bodies of the campaign before; how many are new. Raises NotFound."""
    before = session.scalar(
        select(Expected.annee).where(Expected.annee < year).order_by(Expected.annee.desc()).limit(1)
    )
    rows = session.execute(
        select(Expected.siren, Body.nom, Expected.motif)
        .join(Body, Body.siren == Expected.siren)
        .where(Expected.annee == before)
        .order_by(Expected.siren)
    )
    return expect(session, actor, year, [Line(*row) for row in rows])


def forget(session: Session, actor: str, year: int, siren: str) -> None:
    """Expect a body no more in a campaign: the log keeps that it was. Raises NotFound."""
    if not is_siren(siren) or session.get(Expected, (year, siren)) is None:  # PostgreSQL refuses to be asked for a NUL
        raise NotFound
    session.execute(delete(Expected).where(Expected.annee == year, Expected.siren == siren))
    audit.record(session, actor=actor, action="attendu_retire", siren=siren, subject=str(year))


def _know(session: Session, line: Line) -> None:
    body = delegations.body(session, line.siren, line.nom)
    if body.nom == body.siren and line.nom:
        body.nom = line.nom


def _cells(text: str) -> list[str]:
    return ([visible(part) for part in _SEPARATORS.split(text, 2)] + ["", ""])[:3]


def _line(number: int, text: str) -> Line:
    siren, nom, motif = _cells(text)
    digits = re.sub(r"\s", "", siren)
    if fault := siren_fault(digits):
        cause = f"Ligne {number} : « {siren[:30]} » n’est pas un SIREN : {fault}."
        raise Refused(f"{cause} Donnez d’abord ses 9 chiffres, puis « ; » et le nom.")
    return Line(digits, nom, motif or None)


def _year(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and FIRST_YEAR <= int(text[:4]) <= LAST_YEAR and len(text) == 4):
        raise Refused(f"L’année doit être un nombre entre {FIRST_YEAR} et {LAST_YEAR}. Donnez celle qui est déclarée.")
    return int(text)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise NoDay("La date limite n’est pas un jour du calendrier. Donnez-la comme 2027-05-15.") from error
