"""A body that declares: its register and last year's figures came before the portal, its agent has a browser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import httpx

from greencloud import deposits
from portal import delegations, standing
from portal.settings import Settings
from tests.portal.service import Browser, Service, person

YEAR = 2025
NAME = "Salle A"
_numbers = count(30_000_000)


@dataclass(frozen=True)
class Declarant:
    """An agent signed in for a body of one site."""

    service: Service
    siren: str
    site: str
    mail: str
    agent: Browser

    @property
    def page(self) -> str:
        """The page of the body."""
        return f"/organismes/{self.siren}"

    def hand_in(self, *files: tuple[str, str | bytes]) -> httpx.Response:
        """Files handed in as the page does."""
        parts = [
            ("fichiers", (name, given if isinstance(given, bytes) else given.encode(), "application/octet-stream"))
            for name, given in files
        ]
        return self.agent.post(f"{self.page}/deposer", {"table": ""}, files=parts)

    def confirm(self, deposit: str) -> httpx.Response:
        """Say that every unusual value is right, and confirm."""
        asked = re.findall(r'name="(relu-[0-9a-f]+)"', self.agent.get(f"{deposit}/apercu").text)
        return self.agent.post(f"{deposit}/confirmer", dict.fromkeys(asked, "oui"), page=f"{deposit}/apercu")

    def rows(self, table: str) -> list[dict[str, str]]:
        """What stands for the body."""
        return standing.rows(self.service.settings, self.siren, table)


def declarant(service: Service, folder: Path) -> Declarant:
    """A new body with its register, last year's figures and an agent."""
    siren = next(_sirens())
    with service.database.session() as session:
        delegations.body(session, siren, f"Commune {siren}")
    mail = f"agent@{siren}.fr"
    person(service.database, mail, siren)
    site = site_of(siren)
    known(service.settings, folder, site)
    return Declarant(service, siren, site, mail, service.browser(mail))


def known(settings: Settings, folder: Path, site: str) -> None:
    """What a body deposited by other ways than the portal."""
    for table, text in (("centres", register(site)), ("declarations", before(site))):
        file = folder / f"{site}-{table}.csv"
        file.write_text(text, encoding="utf-8")
        deposits.store(file, table=table, emetteur=site[:9], raw_dir=settings.raw)


def site_of(siren: str) -> str:
    """The first site of a body."""
    nic = next(f"{number:05}" for number in range(1, 100) if _luhn(f"{siren}{number:05}"))
    return f"{siren}{nic}-01"


def register(site: str) -> str:
    """The register of one site."""
    return f"id_centre,nom_site,siret,code_insee,type_hebergement\n{site},{NAME},{site[:14]},75107,salle_serveurs\n"


def before(site: str) -> str:
    """What was declared the year before."""
    return (
        "id_centre,annee,energie_totale_kwh,energie_it_kwh,categorie_mesure_it,perimetre,surface_totale_m2\n"
        f"{site},{YEAR - 1},322400,176300,1,dedie,80\n"
    )


def faulty(site: str, it: object = 400000) -> str:
    """Two years, the first of which has more energy for its servers than in all; 175120 would be right."""
    head = "id_centre,annee,energie_totale_kwh,energie_it_kwh"
    return f"{head}\n{site},{YEAR},314870,{it}\n{site},{YEAR - 2},330000,180000\n"


def _sirens() -> Iterator[str]:
    return (f"1{number}" for number in _numbers if _luhn(f"1{number}"))


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0
