"""The calls of udata's API that we need, one method each (udata 17.18; /api/1/swagger.json on any platform)."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from greencloud.datagouv import files, shapes, uploads
from greencloud.datagouv.errors import BadAnswer, Refused, TooLarge
from greencloud.datagouv.files import Downloaded
from greencloud.datagouv.pace import Pace
from greencloud.datagouv.token import Token
from greencloud.datagouv.transport import Ask, Transport

DEMO = "https://demo.data.gouv.fr"
PRODUCTION = "https://www.data.gouv.fr"
Json = dict[str, Any]

_PAGE = 50
_PAGES_MAX = 2000
_GONE = frozenset({404, 410})


class Client:
    """A platform and, to write, a token. Use it in a `with` block.

    Every method raises Refused, BadAnswer or Unreachable; those that create raise Ambiguous when the answer is lost.
    """

    def __init__(self, base: str = DEMO, token: Token | None = None, pace: Pace | None = None) -> None:
        """Raises Unfit for an address that is not https (http: this machine only)."""
        self._transport = Transport(base, token, pace or Pace())

    @property
    def base(self) -> str:
        """The root of the site, without `/api` nor a last slash."""
        return self._transport.base

    @property
    def pace(self) -> Pace:
        return self._transport.pace

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._transport.__exit__(kind, error, tb)

    # ---- reading ----

    def me(self) -> Json:
        """The account of the token."""
        return self._object("Lire le compte", "/api/1/me/")

    def organization(self, identifier: str) -> Json:
        """An organisation by its id or slug."""
        return self._object(f"Lire l'organisation {identifier}", f"/api/1/organizations/{_part(identifier)}/")

    def dataset(self, identifier: str) -> Json:
        """A dataset whole, its resources included; see `shapes.dataset` for what holds of it."""
        what = f"Lire le jeu de données {identifier}"
        return shapes.dataset(self._object(what, f"/api/1/datasets/{_part(identifier)}/"), what)

    def datasets(self, fields: str = "", **filters: str) -> Iterator[Json]:
        """Datasets page after page, by `organization`, `owner`, `schema`, `schema_version`, `tag`...

        `fields`: those of a dataset that are given, its `id` among them; all of them, large as they may be, if empty.

        `schema` and `schema_version` filter datasets, not resources: look at each resource's `schema` again.
        A dataset that moves between two pages is given once.
        """
        mask = f"data{{{fields}}},next_page" if fields else ""
        return self._pages("Lister les jeux de données", "/api/1/datasets/", filters, mask)

    def resource(self, identifier: str) -> Json:
        """`{"dataset_id": .., "resource": {..}}` of a resource known by its id alone."""
        return self._object(f"Lire la ressource {identifier}", f"/api/2/datasets/resources/{_part(identifier)}/")

    def vocabulary(self, name: str) -> list[Json]:
        """`licenses`, `frequencies`, `resource_types` or `schemas`, as the platform knows them now."""
        found = self._list(f"Lire la liste {name}", f"/api/1/datasets/{_part(name)}/")
        return [item for item in found if isinstance(item, dict)]

    def extensions(self) -> frozenset[str]:
        """The extensions of file names that the platform accepts, in lower case, without a dot."""
        found = self._list("Lire la liste des extensions", "/api/1/datasets/extensions/")
        return frozenset(str(item).lower() for item in found)

    def knows_zone(self, zone: str) -> bool:
        """Whether the platform knows a territory, as `country:fr`."""
        try:
            self._object(f"Lire le territoire {zone}", f"/api/1/spatial/zones/{quote(zone, safe=':')}/")
        except Refused as refused:
            if refused.status != httpx.codes.NOT_FOUND:
                raise
            return False
        return True

    def discussions(self, **filters: str) -> Iterator[Json]:
        """Discussions page after page, by `user` (who wrote in them), `org`, `closed`..."""
        return self._pages("Lister les discussions", "/api/1/discussions/", filters)

    def download(self, url: str, path: Path, limit: int) -> Downloaded:
        """Fetch a public file into `path`, without the token; see `files.download`."""
        return files.download(self._transport, url, path, limit)

    # ---- datasets ----

    def create_dataset(self, body: Mapping[str, Any]) -> Json:
        """A new dataset. Not to be repeated blindly: look first with `datasets`."""
        return self._send("Créer le jeu de données", "POST", "/api/1/datasets/", body, repeatable=False)

    def put_dataset(self, identifier: str, body: Mapping[str, Any]) -> Json:
        """Replace the metadata of a dataset. Send the object whole: an absent key may be erased (udata#2468)."""
        return self._send("Modifier le jeu de données", "PUT", f"/api/1/datasets/{_part(identifier)}/", body)

    def merge_extras(self, identifier: str, extras: Mapping[str, Any]) -> None:
        """Add or change extras of a dataset, the others stay; None removes a key."""
        path = f"/api/2/datasets/{_part(identifier)}/extras/"
        self._send("Marquer le jeu de données", "PUT", path, extras)

    def delete_dataset(self, identifier: str) -> None:
        """Remove a dataset, which the platform can restore; one that is already gone is what was wanted."""
        self._delete("Retirer le jeu de données", f"/api/1/datasets/{_part(identifier)}/")

    # ---- resources ----

    def upload(self, dataset_id: str, path: Path, name: str, resource_id: str | None = None) -> Json:
        """Send a file as a new resource, or as the content of a resource; gives the resource.

        A large file travels in parts. Replacing resets the title to `name`: put the metadata back afterwards.
        Raises Ambiguous when the answer is lost, also for a replacement: look at its sha1.
        """
        target = f"resources/{_part(resource_id)}/upload/" if resource_id else "upload/"
        return uploads.send(self._transport, f"/api/1/datasets/{_part(dataset_id)}/{target}", path, name)

    def put_resource(self, dataset_id: str, resource_id: str, body: Mapping[str, Any]) -> Json:
        """Change metadata of a resource; absent keys are kept, but `extras` is replaced whole."""
        path = f"/api/1/datasets/{_part(dataset_id)}/resources/{_part(resource_id)}/"
        return self._send("Décrire la ressource", "PUT", path, body)

    def merge_resource_extras(self, dataset_id: str, resource_id: str, extras: Mapping[str, Any]) -> None:
        """Add or change extras of a resource, the others stay; None removes a key."""
        path = f"/api/2/datasets/{_part(dataset_id)}/resources/{_part(resource_id)}/extras/"
        self._send("Marquer la ressource", "PUT", path, extras)

    def order_resources(self, dataset_id: str, identifiers: Sequence[str]) -> None:
        """Put resources in this order; all of them, or the platform refuses."""
        body = [{"id": identifier} for identifier in identifiers]
        path = f"/api/1/datasets/{_part(dataset_id)}/resources/"
        self._transport.ask(Ask("Ordonner les ressources", "PUT", path, body=lambda: {"json": body}))

    def delete_resource(self, dataset_id: str, resource_id: str) -> None:
        """Remove a resource; one that is already gone is what was wanted."""
        self._delete("Retirer la ressource", f"/api/1/datasets/{_part(dataset_id)}/resources/{_part(resource_id)}/")

    # ---- discussions ----

    def open_discussion(self, dataset_id: str, title: str, comment: str) -> Json:
        """Write to the producer of a dataset, publicly. Not to be repeated blindly: look first with `discussions`."""
        body = {"subject": {"class": "Dataset", "id": dataset_id}, "title": title, "comment": comment}
        return self._send("Ouvrir une discussion", "POST", "/api/1/discussions/", body, repeatable=False)

    def answer_discussion(self, discussion_id: str, comment: str, *, close: bool = False) -> Json:
        """Add a comment to a discussion, and end it if asked."""
        body = {"comment": comment, **({"close": True} if close else {})}
        path = f"/api/1/discussions/{_part(discussion_id)}/"
        return self._send("Répondre à une discussion", "POST", path, body, repeatable=False)

    # ---- requests ----

    def _object(self, what: str, path: str) -> Json:
        return _checked(self._transport.ask(Ask(what, "GET", path)), what)

    def _list(self, what: str, path: str) -> list[Any]:
        answer = self._transport.ask(Ask(what, "GET", path))
        if not isinstance(answer, list):
            raise BadAnswer(f"{what} : la réponse n'est pas une liste. Vérifiez l'adresse de la plateforme.")
        return answer

    def _send(self, what: str, method: str, path: str, body: Mapping[str, Any], *, repeatable: bool = True) -> Json:
        ask = Ask(what, method, path, body=lambda: {"json": dict(body)}, repeatable=repeatable)
        return _checked(self._transport.ask(ask), what)

    def _delete(self, what: str, path: str) -> None:
        try:
            self._transport.ask(Ask(what, "DELETE", path))
        except Refused as refused:
            if refused.status not in _GONE:
                raise

    def _pages(self, what: str, path: str, filters: Mapping[str, str], fields: str = "") -> Iterator[Json]:
        """The items of a list, each once. Those of a page too large to be read are asked for one by one."""
        seen: set[str] = set()
        page, size = 1, _PAGE
        for _ in range(_PAGES_MAX):
            ask = Ask(what, "GET", path, {**filters, "page": page, "page_size": size}, fields=fields)
            try:
                answer = shapes.page(_checked(self._transport.ask(ask), what), what)
            except TooLarge:
                if size == 1:
                    raise
                page, size = (page - 1) * size + 1, 1
                continue
            for item in answer["data"]:
                if item["id"] not in seen:
                    seen.add(item["id"])
                    yield item
            if not answer.get("next_page"):
                return
            if size == 1 and page % _PAGE == 0:
                page, size = page // _PAGE, _PAGE
            page += 1
        raise BadAnswer(f"{what} : plus de {_PAGES_MAX} pages. Précisez la recherche.")


def _part(identifier: str) -> str:
    """An identifier as one part of a path, whatever it holds. Raises BadAnswer for what names another path."""
    if identifier in ("", ".", ".."):
        raise BadAnswer(f"« {identifier} » n'est pas un identifiant. Copiez-le de l'adresse de la page.")
    return quote(identifier, safe="")


def _checked(answer: Any, what: str) -> Json:
    if not isinstance(answer, dict):
        raise BadAnswer(f"{what} : la réponse n'est pas un objet. Vérifiez l'adresse de la plateforme.")
    return answer
