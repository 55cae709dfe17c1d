"""Files on disk and files to be fetched, never whole in memory."""

import hashlib
import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies

import httpx

from greencloud.datagouv import messages
from greencloud.datagouv.errors import BadAnswer, Refused
from greencloud.datagouv.pace import retry_after_s
from greencloud.datagouv.transport import AGAIN, Again, Transport, bounded, is_loopback

_REDIRECTIONS = 5
_DOWNLOAD_MAX_S = 3600.0
_EMBEDDING = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
_PRIVATE = "l'adresse mène à un réseau privé, elle n'est pas suivie. Signalez-la à son producteur."


@dataclass(frozen=True)
class Downloaded:
    """A file that came whole: where it is, how many bytes, their sha1, and what the server said it is."""

    path: Path
    octets: int
    sha1: str
    content_type: str
    url: str


def sha1(path: Path) -> str:
    """The sha1 of a file in hexadecimal: what the platform computes of a hosted file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha1").hexdigest()


def download(transport: Transport, url: str, path: Path, limit: int) -> Downloaded:
    """Fetch a public file into `path`, which appears only whole. No token is sent, whatever the address.

    Addresses of private networks are refused, also after a redirection, unless the platform itself is on this machine.
    `limit` in bytes. Raises Refused, BadAnswer (too large, cut, private, too many redirections), Unreachable, OSError.
    """
    what = f"Télécharger {url}"
    aside = path.with_name(f"{path.name}.part")
    try:
        got = transport.insist(what, lambda: _fetch(transport, url, aside, limit, what), repeatable=True, url=url)
        aside.replace(path)
        return Downloaded(path, *got)
    finally:
        aside.unlink(missing_ok=True)


def _fetch(transport: Transport, url: str, aside: Path, limit: int, what: str) -> tuple[int, str, str, str]:
    with _followed(transport, url, what) as (answer, final):
        digest, octets = hashlib.sha1(usedforsecurity=False), 0
        with aside.open("wb") as file:
            for piece in bounded(answer, limit, what, _DOWNLOAD_MAX_S):
                digest.update(piece)
                octets += file.write(piece)
        return octets, digest.hexdigest(), answer.headers.get("Content-Type", ""), final


@contextmanager
def _followed(transport: Transport, url: str, what: str) -> Iterator[tuple[httpx.Response, str]]:
    """The answer at the end of the redirections, each of them looked at before it is followed."""
    for _ in range(_REDIRECTIONS + 1):
        _refuse_private(transport, url, what)
        with transport.open("GET", url) as answer:
            _refuse_private_peer(transport, answer, what)
            if answer.is_success:
                yield answer, url
                return
            if not answer.is_redirect:
                _refuse(answer, what)
            url = urljoin(url, answer.headers.get("Location", ""))
    raise BadAnswer(f"{what} : plus de {_REDIRECTIONS} redirections. Signalez cette adresse à son producteur.")


def _refuse(answer: httpx.Response, what: str) -> None:
    status = answer.status_code
    if status in AGAIN:
        raise Again(f"réponse {status}", after_s=retry_after_s(answer))
    raise Refused(messages.missing_file(what, status), status)


def _refuse_private(transport: Transport, url: str, what: str) -> None:
    """A declared address must not make us read this machine or its network for somebody else."""
    try:
        address, _ = urlsplit(url), httpx.URL(url)  # each refuses what the other takes
        host, port = address.hostname, address.port or (443 if address.scheme == "https" else 80)
    except (ValueError, httpx.InvalidURL) as error:
        raise BadAnswer(f"{what} : ce n'est pas une adresse. Signalez-la à son producteur.") from error
    if address.scheme not in ("http", "https") or not host:
        raise BadAnswer(f"{what} : l'adresse n'est pas en http ou https. Signalez-la à son producteur.")
    if is_loopback(urlsplit(transport.base).hostname):
        return
    try:
        found = {str(item[4][0]) for item in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise Again("nom d'hôte inconnu", nothing_sent=True) from error
    if not all(map(_is_public, found)):
        raise BadAnswer(f"{what} : {_PRIVATE}")


def _refuse_private_peer(transport: Transport, answer: httpx.Response, what: str) -> None:
    """A name may have changed its address since it was looked at. A proxy, if one is set, is who we speak to."""
    if is_loopback(urlsplit(transport.base).hostname) or getproxies():
        return
    peer = answer.extensions["network_stream"].get_extra_info("server_addr")
    if not _is_public(str(peer[0])):
        raise BadAnswer(f"{what} : {_PRIVATE}")


def _is_public(text: str) -> bool:
    """Whether an address, and the IPv4 one that it may stand for (RFC 3056, 4291, 4380, 6052), is of the Internet."""
    address = ipaddress.ip_address(text.partition("%")[0])
    meant: list[ipaddress.IPv4Address | ipaddress.IPv6Address] = [address]
    if isinstance(address, ipaddress.IPv6Address):
        meant += [found for found in (address.sixtofour, *(address.teredo or ())) if found]
        meant += [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) for network in _EMBEDDING if address in network]
    return all(one.is_global and not one.is_multicast for one in meant)
