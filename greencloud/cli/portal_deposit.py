"""`greencloud deposit --url`: the same file, handed to a portal by its API; the token comes from the environment."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from greencloud.checking.messages import plural
from greencloud.checking.visible import visible
from greencloud.cli.french import Misuse
from greencloud.errors import GreencloudError

TOKEN = "GREENCLOUD_JETON"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_SECONDS = httpx.Timeout(30, read=300)
_TOLD = 500


class PortalError(GreencloudError):
    """A portal that refused, or that cannot be reached; the text is a French sentence with the cause and the fix."""


def send(file: Path, table: str, url: str, *, confirm: bool) -> int:
    """Hand a file in, tell what the portal says of it, and give the exit status.

    0: received, with an accepted row (and confirmed, if asked for); 1: received, and nothing of it would be published,
    or not confirmed for its refused rows. Raises Misuse and PortalError: nothing was received.
    """
    address, headers = _address(url), _headers()
    with httpx.Client(base_url=address, headers=headers, timeout=_SECONDS) as client, file.open("rb") as stream:
        given = {"nom": file.name, "table": table}
        told = _answer(client, "POST", "/api/v1/depots", params=given, content=stream, headers=_length(file))
        print(f"Dépôt {told['id']} reçu le {told['recu_le'][:10]}, empreinte sha256 {told['sha256']}.")
        print(f"Contrôle : {_counts(told)}. Rapport : {address}{told['page']}")
        if not told["controle"]["acceptees"]:
            return 1
        if not confirm and told["etat"] == "controle":
            print("Pas encore confirmé : confirmez-le sur cette page, ou relancez la commande avec --confirmer.")
        return _confirmed(client, told) if confirm else 0


def _confirmed(client: httpx.Client, told: Mapping[str, Any]) -> int:
    if told["controle"]["rejetees"]:
        print("Non confirmé : des lignes sont rejetées. Corrigez-les, ou confirmez sur la page du dépôt.")
        return 1
    done = _answer(client, "POST", f"/api/v1/depots/{told['id']}/confirmation", json={})
    print(f"Confirmé le {done['confirme_le'][:10]} : il sera dans la prochaine édition.")
    return 0


def _counts(told: Mapping[str, Any]) -> str:
    if not told["lisible"]:
        return "ce fichier ne peut pas être lu"
    accepted, rejected = told["controle"]["acceptees"], told["controle"]["rejetees"]
    sentence = plural(accepted, "ligne acceptée", "lignes acceptées")
    return f"{sentence}, {plural(rejected, 'rejetée', 'rejetées') if rejected else 'aucune rejetée'}"


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Misuse(f"« {visible(url)} » n'est pas l'adresse d'un portail. Donnez-la en entier : https://…")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise Misuse("Un jeton ne part pas sans chiffrement. Donnez l'adresse du portail en https://.")
    return url.rstrip("/").removesuffix("/api/v1")


def _headers() -> dict[str, str]:
    token = os.environ.get(TOKEN, "").strip()
    if not token and (path := os.environ.get(f"{TOKEN}_FILE")):
        token = Path(path).read_text(encoding="utf-8").strip()
    if not token or not token.isascii() or not token.isprintable():
        raise Misuse(f"Il manque le jeton : mettez-le dans la variable {TOKEN}, ou son fichier dans {TOKEN}_FILE.")
    return {"Authorization": f"Bearer {token}", "Accept": "application/json"}


def _length(file: Path) -> dict[str, str]:
    return {"Content-Length": str(file.stat().st_size), "Content-Type": "application/octet-stream"}


def _answer(client: httpx.Client, method: str, path: str, **given: Any) -> dict[str, Any]:
    """What the portal answered. Raises PortalError with its own sentence when it refused."""
    try:
        answer = client.request(method, path, **given)
        told: dict[str, Any] = answer.json()
    except httpx.HTTPError as error:
        raise PortalError(
            f"Le portail n'a pas répondu ({type(error).__name__}). Vérifiez l'adresse et le réseau, puis recommencez : "
            "le même fichier ne compte qu'une fois."
        ) from error
    except json.JSONDecodeError as error:
        raise PortalError("Cette adresse ne répond pas comme un portail de dépôt. Vérifiez --url.") from error
    if answer.is_success:
        return told
    raise PortalError(visible(str(told.get("detail") or f"Le portail a refusé ({answer.status_code})."), _TOLD))
