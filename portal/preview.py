"""The preview: exactly what the next edition would publish of a deposit, and what changed since the year before.

The edition's own SQL is run by the worker (`portal.worker`); this module asks for it, and keeps the answer as long
as neither the deposits nor the published edition change.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greencloud.deposits import CARD_SUFFIX
from greencloud.editions import CURRENT
from portal import filings
from portal.access import Visitor
from portal.database import Database
from portal.errors import Conflict
from portal.filings import life, lineage, places, shelf
from portal.filings.verdict import job_data
from portal.filings.workshop import Workshop
from portal.models import Filing
from portal.settings import Settings
from portal.worker.names import FORESEEN


@dataclass(frozen=True)
class Change:
    """A field and its values, before and after. `growth` is a share of the value before, None where there is none."""

    field: str
    title: str
    before: Any
    after: Any
    growth: float | None

    @property
    def same(self) -> bool:
        """Whether nothing changed."""
        return bool(self.before == self.after)


@dataclass(frozen=True)
class Replaced:
    """A value of an earlier deposit that this one replaces; `key` says of which row (`annee=2025`, `registre`, …)."""

    field: str
    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Hidden:
    """A total that counts the site and that secrecy does not show; `why` is the code of `diffusion`."""

    dimension: str
    value: str
    why: str
    sites: int | None


@dataclass(frozen=True)
class SitePreview:
    """One site and year. `row`: the line of `indicateurs_annuels`, None when the deposit gives none (a register alone).

    `published`: whether that line would be public under the site's name; if not, only its body may see it.
    `online`: the line of this year in the current edition. `before`: the line of the year before.
    `register`: the current row of the register, None for an unknown site.
    """

    site: str
    year: int | None
    published: bool
    row: dict[str, Any] | None
    online: dict[str, Any] | None
    before: dict[str, Any] | None
    register: dict[str, Any] | None
    changes: tuple[Change, ...]
    replaced: tuple[Replaced, ...]
    hidden: tuple[Hidden, ...]

    @property
    def name(self) -> str:
        """The name of the site, its identifier without a register."""
        return str((self.register or {}).get("nom_site") or self.site)

    @property
    def comparability(self) -> str | None:
        """The code of its comparability class."""
        return (self.row or {}).get("classe_comparabilite")

    @property
    def rank(self) -> tuple[int, int] | None:
        """Its place among its peers and how many they are, itself included; None when it is not ranked."""
        row = self.row or {}
        return (row["rang_pairs"], row["nb_pairs"]) if row.get("rang_pairs") is not None else None


@dataclass(frozen=True)
class Preview:
    """The sites of a deposit, and what the other deposits make of its rows: `errors` refuse, `warnings` do not.

    Both are dictionaries with niveau, ligne, champ, valeur, code, message, correction, id_centre, annee. `lost`: the
    keys of the rows that go with the deposit that this one replaces.
    """

    sites: tuple[SitePreview, ...]
    errors: tuple[dict[str, Any], ...]
    warnings: tuple[dict[str, Any], ...]
    lost: tuple[dict[str, str], ...]


def preview(database: Database, settings: Settings, filing: Filing, visitor: Visitor) -> Preview:
    """What an edition would publish if this deposit were confirmed.

    A file that speaks of another body's sites has none: it would show what secrecy hides of them. The team of the
    campaign, which reads every deposit, may see it. Raises Foreign, FilingError, GreencloudError, Conflict.
    """
    checked = filings.check(database, settings, filing)
    if not visitor.manages:
        life.refuse_foreign(checked, visitor)
    if not checked.readable:
        raise Conflict("Ce fichier ne peut pas être lu : il n'a pas d'aperçu. Déposez un fichier corrigé.")
    kept = checked.folder.with_suffix(f".{_state(settings, filing)}.apercu.json")
    if not kept.is_file():
        _make(database, settings, filings.crew, filing, checked, kept)
    return _read(kept)


def _make(
    database: Database, settings: Settings, crew: Workshop, filing: Filing, checked: filings.Checked, kept: Path
) -> None:
    work = places.work(settings)
    data = {
        **job_data(settings, filing),
        "published": str(settings.published),
        "verdicts": str(work / "verdicts"),
        "sites": checked.sites,
        "remplaces": [
            job_data(settings, old)
            for old in lineage.in_the_way(database, filing)
            if shelf.holds_as_ours(settings, old)
        ],
    }
    with crew.made("prevoir", work, data) as folder:
        for old in kept.parent.glob("*.apercu.json"):
            old.unlink(missing_ok=True)
        (folder / FORESEEN).replace(kept)


def _state(settings: Settings, filing: Filing) -> str:
    """What decides a preview besides the file and the program: the deposits, the edition before, the reception."""
    cards = sorted(f"{card.name} {card.stat().st_mtime_ns}" for card in settings.raw.rglob(f"*{CARD_SUFFIX}"))
    current = str((settings.published / CURRENT).resolve())
    return hashlib.sha256("\n".join([filing.recu_le, current, *cards]).encode()).hexdigest()[:16]


def _read(path: Path) -> Preview:
    content = json.loads(path.read_text(encoding="utf-8"))
    found = content["ensemble"]
    return Preview(
        sites=tuple(map(_site, content["sites"])),
        errors=tuple(finding for finding in found if finding["niveau"] == "erreur"),
        warnings=tuple(finding for finding in found if finding["niveau"] != "erreur"),
        lost=tuple(content["perdues"]),
    )


def _site(content: dict[str, Any]) -> SitePreview:
    return SitePreview(
        site=content["id_centre"],
        year=content["annee"],
        published=content["publie"],
        row=content["indicateurs"],
        online=content["en_ligne"],
        before=content["annee_precedente"],
        register=content["registre"],
        changes=tuple(
            Change(one["champ"], one["titre"], one["avant"], one["apres"], growth(one["avant"], one["apres"]))
            for one in content["ecarts"]
        ),
        replaced=tuple(
            Replaced(one["champ"], one["cle"], one["avant"], one["apres"]) for one in content["remplacements"]
        ),
        hidden=tuple(
            Hidden(one["dimension"], one["modalite"], one["diffusion"], one["nb_sites"])
            for one in content["totaux_masques"]
        ),
    )


def growth(before: Any, after: Any) -> float | None:
    """Growth as a share of the value before; None where there is none."""
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (before, after))
    return (after - before) / before if numbers and before else None


def told(site: SitePreview) -> dict[str, Any]:
    """A site as the API gives it, under French names."""
    return {
        "id_centre": site.site,
        "annee": site.year,
        "nom_site": site.name,
        "publie": site.published,
        "classe_comparabilite": site.comparability,
        "rang_pairs": site.rank[0] if site.rank else None,
        "nb_pairs": site.rank[1] if site.rank else None,
        "indicateurs": site.row,
        "ecarts": [
            {"champ": one.field, "titre": one.title, "avant": one.before, "apres": one.after, "variation": one.growth}
            for one in site.changes
        ],
        "remplacements": [
            {"champ": one.field, "cle": one.key, "avant": one.before, "apres": one.after} for one in site.replaced
        ],
        "totaux_masques": [
            {"dimension": one.dimension, "modalite": one.value, "diffusion": one.why} for one in site.hidden
        ],
    }
