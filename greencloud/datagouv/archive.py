"""A zip of the same bytes for the same files, on any machine."""

import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

_MOMENT = (1980, 1, 1, 0, 0, 0)  # the oldest that a zip can hold: files have no date of their own
_READABLE = 0o100644 << 16
_BUFFER = 1024 * 1024


def write(path: Path, members: Iterable[tuple[str, Path]]) -> None:
    """Store files under their names, in the order of these. Not compressed: what zlib gives depends on its version."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, source in sorted(members):
            with source.open("rb") as file, archive.open(_info(name, source.stat().st_size), "w") as member:
                while piece := file.read(_BUFFER):
                    member.write(piece)


def write_texts(path: Path, members: Mapping[str, str]) -> None:
    """The same for texts, in UTF-8."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            content = members[name].encode()
            archive.writestr(_info(name, len(content)), content)


def _info(name: str, octets: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _MOMENT)
    info.create_system, info.external_attr, info.file_size = 3, _READABLE, octets
    return info
