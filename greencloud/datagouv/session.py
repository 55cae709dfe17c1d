"""From what an operator asks to a publication that is ready to plan: the refusals come before anything is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from greencloud import durable
from greencloud.datagouv import contents, edition, shapes, territory, wanted
from greencloud.datagouv import token as tokens
from greencloud.datagouv.client import DEMO, PRODUCTION, Client
from greencloud.datagouv.edition import Edition
from greencloud.datagouv.errors import Unfit
from greencloud.datagouv.messages import plain
from greencloud.datagouv.pace import Pace
from greencloud.datagouv.publishing import Publication
from greencloud.datagouv.refusing import Owner
from greencloud.datagouv.state import State
from greencloud.datagouv.wanted import Known

PLATFORMS = {"demo": DEMO, "production": PRODUCTION}
_PUBLIC = frozenset({"www.data.gouv.fr", "data.gouv.fr"})


@dataclass(frozen=True)
class Order:
    """What an operator asks. `url` stands in for the address of the platform; `organization`: its id or its slug.

    `back`: an edition may take the place of a newer one.
    """

    folder: Path
    state: Path
    platform: str = "demo"
    url: str | None = None
    organization: str | None = None
    token_file: Path | None = None
    back: bool = False

    @property
    def base(self) -> str:
        """The address of the platform."""
        return self.url or PLATFORMS[self.platform]


@contextmanager
def publication(order: Order, *, writes: bool, pace: Pace | None = None) -> Iterator[Publication]:
    """Check everything that can be checked before a request that writes, and hand over the publication.

    `writes`: a token is then due, and nobody else may publish with the same state file. Raises Unfit, DatagouvError.
    """
    token = tokens.read(order.token_file)
    found = edition.read(order.folder)
    _refuse_platform(order, found)
    if token is None and (writes or order.organization is None):
        raise Unfit(
            f"Il manque le jeton de la plateforme. Mettez-le dans la variable {tokens.VARIABLE}, ou dans un fichier "
            "donné par --fichier-jeton."
        )
    with (
        _alone(order.state, writes),
        TemporaryDirectory() as work,
        Client(order.base, token, pace) as client,
    ):
        known = _known(client)
        datasets = contents.datasets(found, known, Path(work))
        wanted.refuse_unfit(datasets, known)
        state = State(order.state, client.base)
        yield Publication(client, datasets, _owner(client, order), state, Path(work), back=order.back)


def _refuse_platform(order: Order, found: Edition) -> None:
    """Fabricated data never goes to the public's platform, and nothing goes there by mistake."""
    public = order.platform == "production" or _host(order.base) in _PUBLIC
    if public and order.platform != "production":
        raise Unfit("Cette adresse est celle de data.gouv.fr : dites-le avec --plateforme production, ou changez-la.")
    if public and found.is_synthetic:
        held = ", ".join(found.synthetic_tables)
        raise Unfit(
            f"L'édition contient des données synthétiques{f' ({held})' if held else ''} : elles ne vont jamais sur "
            "data.gouv.fr. Refaites une édition des seuls dépôts réels, par exemple greencloud build --raw DOSSIER "
            "--published AUTRE, ou publiez celle-ci sur la plateforme de démonstration."
        )


def _host(address: str) -> str | None:
    try:
        return httpx.URL(address).host.rstrip(".")  # as the client will read it
    except httpx.InvalidURL:
        return None  # no address at all: the client says so


def _known(client: Client) -> Known:
    return Known(
        extensions=client.extensions(),
        zone_known=client.knows_zone(territory.ZONE),
        licences=frozenset(str(item.get("id")) for item in client.vocabulary("licenses")),
        frequencies=frozenset(str(item.get("id")) for item in client.vocabulary("frequencies")),
    )


def _owner(client: Client, order: Order) -> Owner:
    if order.organization is None:
        found = shapes.identified(client.me(), "Lire le compte")
        name = f"{found.get('first_name') or ''} {found.get('last_name') or ''}"
        return Owner("owner", found["id"], plain(name).strip())
    found = shapes.identified(client.organization(order.organization), "Lire l'organisation")
    return Owner("organization", found["id"], plain(str(found.get("name"))))


@contextmanager
def _alone(state: Path, writes: bool) -> Iterator[None]:
    """Hold the state for one publication at a time; the system lets go of it even after a crash."""
    if not writes:
        yield
        return
    state = state.resolve()
    state.parent.mkdir(parents=True, exist_ok=True)
    lock = state.with_name(f".{state.name}.verrou")
    lock.touch()
    try:
        with durable.held(lock):
            yield
    except durable.Busy as error:
        raise Unfit("Une autre publication est en cours avec ce fichier d'état. Attendez sa fin.") from error
