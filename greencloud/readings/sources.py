"""A file of readings, and what is known of its meters beside what it says itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True)
class Convention:
    """How the readings of a meter are written, as far as it is known; `compteur` None: those of all the file.

    `unite`: W, kW, MW (mean power of the slot), Wh, kWh or MWh. `horodate`: which end of the slot a time stamp names.
    `fuseau`: the zone of stamps without an offset, by its IANA name, or a fixed clock (see `zones.FIXED`).
    """

    compteur: str | None = None
    unite: str | None = None
    horodate: Literal["debut", "fin"] | None = None
    fuseau: str | None = None


@dataclass(frozen=True)
class Source:
    """One received file: where it lies, the name it came with, and what the register and a mapping say of it.

    `mapping`: the parsed document that says which column of a two-column export is what, None for a known format.
    `sha256`: that of its bytes where it was just reckoned.
    """

    path: Path
    name: str
    conventions: tuple[Convention, ...] = ()
    mapping: Mapping[str, Any] | None = None
    sha256: str | None = None
