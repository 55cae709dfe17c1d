"""What the tests of the intake share: a body, its agent, a few files worked out by hand."""

import io
from pathlib import Path

from portal import filings
from portal.access import DEPOSIT, READ, Visitor
from portal.database import Database
from portal.models import Filing
from portal.settings import Settings
from portal.tokens import created
from tests.portal import service
from tests.portal.service import SIREN

SITE, OTHER_SITE = f"{SIREN}00013-01", f"{service.OTHER}00019-01"
REGISTER = (
    "id_centre,nom_site,organisme,categorie_organisme,type_hebergement,code_insee\n"
    f"{SITE},Salle A,Direction,etat,salle_serveurs,75107\n"
)


def declared(year: int, total: int, it: int, site: str = SITE) -> str:
    """A declaration of one line."""
    return f"id_centre,annee,energie_totale_kwh,energie_it_kwh\n{site},{year},{total},{it}\n"


def people(database: Database) -> tuple[Visitor, Visitor]:
    """The agents of the two bodies, as the intake knows them."""
    service.peopled(database)
    return agent(database, service.AGENT_MAIL, SIREN), agent(database, service.OTHER_MAIL, service.OTHER)


def agent(database: Database, mail: str, siren: str) -> Visitor:
    """Somebody who acts for a body."""
    from sqlalchemy import select

    from portal.models import Account

    with database.reading() as session:
        account = session.scalars(select(Account).where(Account.courriel == mail)).one()
        return Visitor(account.id, account.role, frozenset({siren}), "")


def hand_in(
    database: Database,
    settings: Settings,
    visitor: Visitor,
    content: str | bytes,
    name: str = "depot.csv",
    table: str | None = None,
    supersedes: str | None = None,
) -> Filing:
    """A deposit of the visitor's body."""
    data = content.encode() if isinstance(content, str) else content
    siren = next(iter(visitor.sirens))
    return filings.receive(
        database,
        settings,
        io.BytesIO(data),
        name=name,
        table=table,
        siren=siren,
        visitor=visitor,
        supersedes=supersedes,
    )


def confirmed(
    database: Database,
    settings: Settings,
    visitor: Visitor,
    content: str,
    name: str = "d.csv",
    supersedes: str | None = None,
) -> Filing:
    """A deposit that was checked and confirmed."""
    filing = hand_in(database, settings, visitor, content, name, supersedes=supersedes)
    filings.check(database, settings, filing)
    return filings.confirm(database, settings, filing, visitor=visitor)


def token(database: Database, visitor: Visitor, scope: str = DEPOSIT) -> str:
    """A key of the API for the visitor's body."""
    assert scope in (DEPOSIT, READ)
    with database.session() as session:
        siren = next(iter(visitor.sirens))
        return created(session, account_id=visitor.account_id, siren=siren, name="essai", scope=scope, days=90)


def files(folder: Path) -> list[Path]:
    """Every file below a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
