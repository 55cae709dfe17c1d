"""A mapping: the small document that says which column of an export is what, and how it is written.

    {"colonnes": {"date": "Date", "heure": "Heures", "valeur": "Consommation"},
     "format_date": "JJ/MM/AAAA", "unite": "MW", "horodate": "debut", "pas": "PT30M",
     "fuseau": "Europe/Paris", "compteur": "france", "decimale": ","}

`colonnes` names columns by their labels (case, accents and spaces do not count): either `horodate`, or `date` and, if
there is one, `heure`, or `debut` and `fin`; and either `valeur` or `index` (the face of a counter). `compteur`,
`unite` and `pas` may be columns too. Everything else is optional: `fin_incluse` (the day that ends a period is in it),
`chiffres` (how many an index has), `separateur` (where it is not found rightly).
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

from greencloud.reading import Unreadable
from greencloud.readings.formats.cells import UNITS
from greencloud.readings.sources import Convention
from greencloud.readings.zones import KNOWN

COLUMN_KEYS = ("date", "heure", "horodate", "debut", "fin", "valeur", "index", "compteur", "unite", "pas")
KEYS = (
    *("colonnes", "format_date", "unite", "horodate", "pas", "fuseau", "compteur", "decimale", "fin_incluse"),
    *("chiffres", "separateur"),
)
_OTHER_KEYS = ("colonnes", "fin_incluse", "chiffres", "separateur")
_DURATION = re.compile(r"P(?:(\d{1,2})Y)?(?:(\d{1,3})M)?(?:(\d{1,4})D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_FIX = "Corrigez le fichier de lecture, ou refaites-le avec greencloud map."
_DATE_PARTS = (("AAAA", "%Y"), ("JJ", "%d"), ("HH", "%H"), ("SS", "%S"), ("AA", "%y"))
_DIRECTIVES = frozenset("YmdHMSyf")
_DIGITS = 11
_SIZE_LIMIT = 1 << 20


class Step(NamedTuple):
    """The length of a slot: seconds, or months and days of the calendar."""

    months: int
    days: int
    seconds: int


@dataclass(frozen=True)
class Correspondence:
    """A mapping that was understood. `columns`: what -> the label of its column; `date_format` is for strptime."""

    columns: Mapping[str, str]
    date_format: str | None = None
    unit: str | None = None
    end: Literal["debut", "fin"] | None = None
    step: Step | None = None
    zone: str | None = None
    meter: str | None = None
    decimal: str | None = None
    last_day_included: bool | None = None
    digits: int | None = None
    delimiter: str | None = None

    @property
    def of_calendar(self) -> bool:
        """Whether a slot lasts days or months, whose ends are labels both."""
        return self.step is not None and not self.step.seconds


def load(path: Path) -> dict[str, Any]:
    """The document of a file, in JSON or TOML, held to be understood. Raises Unreadable."""
    try:
        if path.stat().st_size > _SIZE_LIMIT:
            raise _refused("Le fichier de lecture est trop long pour en être un")
        text = path.read_text(encoding="utf-8-sig")
        document = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except OSError as error:
        raise _refused("Le fichier de lecture est introuvable ou illisible") from error
    except (ValueError, RecursionError) as error:
        raise _refused("Le fichier de lecture n'est ni du JSON ni, sous un nom en .toml, du TOML") from error
    understood(document)
    return cast("dict[str, Any]", document)


def said(document: object) -> Convention:
    """What a mapping itself says of how its readings are written. Raises Unreadable as `understood` does."""
    told = understood(document)
    end = told.end or ("debut" if told.of_calendar and "debut" not in told.columns else None)
    return Convention(None, told.unit, end, told.zone)


def understood(document: object) -> Correspondence:
    """A document as a mapping. Raises Unreadable, which says what of it is not understood."""
    if not isinstance(document, Mapping):
        raise _refused("La correspondance doit être un objet, avec une clé « colonnes »")
    unknown = [key for key in document if key not in KEYS]
    if unknown:
        raise _refused(f"La correspondance a une clé inconnue, « {_short(unknown[0])} »")
    texts = {key: _text(document, key) for key in KEYS if key not in _OTHER_KEYS}
    found = Correspondence(
        columns=_columns(document.get("colonnes")),
        date_format=_date_format(texts["format_date"]),
        unit=_unit(texts["unite"]),
        end=_end(texts["horodate"]),
        step=_step(texts["pas"]),
        zone=_zone(texts["fuseau"]),
        meter=texts["compteur"],
        decimal=_decimal(texts["decimale"]),
        last_day_included=_flag(document.get("fin_incluse")),
        digits=_digits(document.get("chiffres")),
        delimiter=_delimiter(document.get("separateur")),
    )
    _refuse_gaps(found.columns)
    if found.last_day_included and not ("debut" in found.columns or (found.of_calendar and found.end == "fin")):
        raise _refused(
            "« fin_incluse » va avec les colonnes « debut » et « fin », ou avec un « pas » en jours ou en mois et une "
            "« horodate » de fin"
        )
    return found


def _columns(given: object) -> dict[str, str]:
    if not isinstance(given, Mapping) or not given:
        raise _refused("La correspondance ne dit pas ses « colonnes »")
    for what, label in given.items():
        if what not in COLUMN_KEYS:
            raise _refused(f"La correspondance nomme une colonne inconnue, « {_short(what)} »")
        if not isinstance(label, str) or not label.strip():
            raise _refused(f"La colonne « {what} » de la correspondance doit être un intitulé")
    return dict(given)


def _refuse_gaps(columns: Mapping[str, str]) -> None:
    ways = [{"horodate"} & columns.keys(), {"date"} & columns.keys(), {"debut", "fin"} & columns.keys()]
    if sum(map(bool, ways)) != 1:
        raise _refused(
            "La correspondance doit nommer « horodate », ou « date » (et « heure »), ou « debut » et « fin »"
        )
    if "heure" in columns and "date" not in columns:
        raise _refused("La correspondance nomme « heure » sans « date »")
    if len({"debut", "fin"} & columns.keys()) == 1:
        raise _refused("La correspondance doit nommer « debut » et « fin » ensemble")
    if len({"valeur", "index"} & columns.keys()) != 1:
        raise _refused("La correspondance doit nommer une colonne « valeur » ou une colonne « index »")
    if "index" in columns and "debut" in columns:
        raise _refused("Un index se lit à un instant : la correspondance doit nommer « horodate » ou « date »")


def _text(document: Mapping[str, Any], key: str) -> str | None:
    value = document.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise _refused(f"« {key} » doit être un texte dans la correspondance")
    return value.strip()


def _date_format(text: str | None) -> str | None:
    """A format as a person writes it (`JJ/MM/AAAA HH:MM`) or as strptime wants it."""
    if text is None:
        return None
    form = text
    if "%" not in text:
        day, hours, clock = re.sub("(?i)jj|mm|aaaa|hh|ss", lambda part: part[0].upper(), text).partition("HH")
        form = day.replace("MM", "%m") + hours + clock.replace("MM", "%M")
        for part, directive in _DATE_PARTS:
            form = form.replace(part, directive)
    used = re.findall(r"%(.?)", form)
    if not set(used) <= _DIRECTIVES or not set("md") <= set(used) or not set("Yy") & set(used):
        raise _refused(f"Le format de date « {_short(text)} » n'est pas compris : écrivez par exemple JJ/MM/AAAA HH:MM")
    return form


def _unit(text: str | None) -> str | None:
    if text is None:
        return None
    if text.lower() not in UNITS:
        raise _refused(f"L'unité « {_short(text)} » n'est pas connue : W, kW, MW, Wh, kWh ou MWh")
    return UNITS[text.lower()]


def _end(text: str | None) -> Literal["debut", "fin"] | None:
    if text not in (None, "debut", "fin"):
        raise _refused(f"« horodate » vaut debut ou fin, et non « {_short(text)} »")
    return cast("Literal['debut', 'fin'] | None", text)


def _step(text: str | None) -> Step | None:
    if text is None:
        return None
    found = _DURATION.fullmatch(text.upper())
    years, months, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else [0] * 6
    step = Step(12 * years + months, days, 3600 * hours + 60 * minutes + seconds)
    if sum(map(bool, step)) != 1 or step.seconds > 86400 * 366:
        raise _refused(
            f"Le pas « {_short(text)} » n'est pas compris : écrivez par exemple PT10M, PT30M, PT1H, P1D ou P1M"
        )
    return step


def _zone(text: str | None) -> str | None:
    if text is not None and text not in KNOWN:
        raise _refused(
            f"Le fuseau « {_short(text)} » n'est pas de France : écrivez par exemple Europe/Paris, "
            "Indian/Reunion, UTC, ou UTC+1 pour l'heure d'hiver toute l'année"
        )
    return text


def _decimal(text: str | None) -> str | None:
    if text not in (None, ",", "."):
        raise _refused(f"« decimale » est la virgule ou le point, et non « {_short(text)} »")
    return text


def _flag(value: object) -> bool | None:
    if not isinstance(value, bool | None):
        raise _refused("« fin_incluse » vaut true ou false dans la correspondance")
    return value


def _digits(value: object) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _DIGITS):
        raise _refused("« chiffres » est le nombre de chiffres de l'index, par exemple 6")
    return value


def _delimiter(value: object) -> str | None:
    if value is not None and (not isinstance(value, str) or len(value) != 1 or value in '"\r\n'):
        raise _refused("« separateur » est le seul signe qui sépare les cellules, par exemple ;")
    return value


def _short(text: object) -> str:
    shown = " ".join(str(text).split())
    return shown if len(shown) <= 40 else shown[:40] + "…"


def _refused(message: str) -> Unreadable:
    return Unreadable("format-error", f"{message}.", _FIX)
