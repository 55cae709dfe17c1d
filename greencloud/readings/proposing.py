"""What an export of readings seems to be: the mapping that would read it, and what of it is not sure.

Judged on the first lines: what columns look like, what their labels say. Nothing is guessed in silence: what is deduced
is said with its reason, what is not known is said to be missing.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, pairwise
from typing import Any

from greencloud.checking.messages import listed, quoted
from greencloud.reading import TextTable
from greencloud.reading.kinds import kind, main_kind
from greencloud.reading.labels import label_key
from greencloud.readings.formats.cells import UNITS
from greencloud.readings.zones import PARIS

_ROWS = 3000
_FEW = 20
_UNIT = re.compile(r"(?<![a-z])(mwh|kwh|wh|mw|kw|w)(?![a-z])")
_POINT = re.compile(r"\d{14}")
_HOUR = re.compile(r"\d{1,2}(?:[:hH]\d{2}(?::\d{2})?|[hH])")
_HOUR_NUMBER = re.compile(r"\d{1,2}")
_OFFSET = re.compile(r":\d{2}(?:[.,]\d+)?\s*(?:Z|[+-]\d{2}:?\d{2})$")
_DATES = (
    *(("JJ/MM/AAAA", "%d/%m/%Y"), ("MM/JJ/AAAA", "%m/%d/%Y"), ("JJ-MM-AAAA", "%d-%m-%Y"), ("JJ.MM.AAAA", "%d.%m.%Y")),
    *(("AAAA/MM/JJ", "%Y/%m/%d"), ("JJ/MM/AA", "%d/%m/%y"), ("JJ-MM-AA", "%d-%m-%y"), ("JJ.MM.AA", "%d.%m.%y")),
)
_CLOCKS = ((" HH:MM:SS", " %H:%M:%S"), (" HH:MM", " %H:%M"), ("", ""))
_LIKED = {"consommation": 60, "conso": 60, "energie": 50, "energy": 50, "soutirage": 40, "puissance": 40, "power": 40}
_LIKED |= {"index": 40, "cumul": 30, "valeur": 30, "value": 30, "mesure": 20, "active": 10, "total": 5}
_DISLIKED = frozenset(
    {
        *("prevision", "previsions", "prevu", "tarif", "prix", "cout", "montant", "euro", "euros", "surface"),
        *("temperature", "temp", "taux", "co2", "reactive", "cos", "phi", "tension", "intensite", "souscrite"),
        *("production", "injection", "indice", "min", "max"),
        *("id", "code", "numero", "no", "annee", "mois", "semaine", "jour"),
    }
)
_METERS = frozenset({"compteur", "compteurs", "prm", "pdl", "rae", "pce", "meter", "equipement", "depart", "livraison"})
_STARTS = frozenset({"debut", "du", "start", "from"})
_ENDS = frozenset({"fin", "au", "end", "to"})
_DAY = 86400
_ELSE_END = " ; une erreur décale tout d'un pas : sinon, précisez avec --horodate."


@dataclass(frozen=True)
class Proposal:
    """A mapping, None when the file shows no readings; `reasons`: what it rests on; `doubts`: what has to be told.

    `missing` are the keys of the mapping without which nothing can be counted.
    """

    mapping: Mapping[str, Any] | None
    reasons: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass
class _Found:
    """A proposal in the making."""

    columns: dict[str, str] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


class _Column:
    """A column of the sample."""

    def __init__(self, place: int, label: str, name: str, cells: Sequence[str]) -> None:
        self.place, self.label, self.name, self.cells = place, label, name, cells
        self.words = frozenset(label_key(label).split("_"))
        self.filled = [cell.strip() for cell in cells if cell.strip()]

    @cached_property
    def kind(self) -> str | None:
        if self.filled and all(map(_HOUR.fullmatch, self.filled)):
            return "time"
        sample = self.filled[: _ROWS // 6]
        # A spreadsheet may hold dates of both sorts in one column: those it knows for dates, and texts.
        return main_kind(sample) or ("datetime" if _mostly(sample, self.stamps) else None)

    @property
    def stamps(self) -> int:
        """How many of its first cells look like a date, with or without an hour."""
        return sum(kind(cell) in ("date", "datetime") for cell in self.filled[: _ROWS // 6])

    @property
    def distinct(self) -> int:
        return len(set(self.filled))

    @property
    def unit(self) -> str | None:
        """The unit that the label tells, the last one: « Consommation W (kW) »."""
        found = _UNIT.findall(self.label.lower())
        return UNITS[found[-1]] if found else None


def propose(table: TextTable, given: Mapping[str, str], delimiter: str | None = None) -> Proposal:
    """The mapping of a table; `given`: what a person has told already, by the keys of a mapping.

    `delimiter`: the one that was imposed to read the table.
    """
    columns = _columns(table)
    found = _Found()
    moments = _stamp(columns, found)
    if moments is None:
        return Proposal(None, doubts=tuple(_no_stamp(columns)))
    value = _value(columns, found)
    if value is None:
        return Proposal(None, doubts=("Aucune colonne n'a l'air d'une consommation, d'une puissance ou d'un index.",))
    meter = _meter(columns, value, found, given)
    _decimal(table, value, found)
    _unit(columns, value, found, given)
    if "index" not in found.columns and "debut" not in found.columns:
        step = _step(moments, value, meter, found, given)
        _end(moments, step, found, given)
        _last_days(moments, found, given)
    _zone(columns, found, given)
    told = {key: text for key, text in given.items() if text}
    imposed = {} if delimiter is None else {"separateur": delimiter}
    mapping = {"colonnes": found.columns, **imposed, **found.others, **told}
    return Proposal(mapping, tuple(found.reasons), tuple(found.doubts), tuple(_missing(mapping)))


def _mostly(cells: Sequence[str], count: int) -> bool:
    return bool(cells) and count >= 0.8 * len(cells)


def _no_stamp(columns: Sequence[_Column]) -> Iterator[str]:
    yield "Aucune colonne n'a l'air d'une date ou d'une horodate."
    best = max(columns, key=lambda column: column.stamps, default=None)
    if best is not None and best.stamps:
        others = next(cell for cell in best.filled if kind(cell) not in ("date", "datetime"))
        yield (
            f"La colonne {quoted(best.name)} a des dates et autre chose, par exemple {quoted(others)} : donnez à "
            "toutes ses cellules le même format de date, puis recommencez."
        )


def _missing(mapping: Mapping[str, Any]) -> Iterator[str]:
    columns = mapping["colonnes"]
    if "unite" not in mapping and "unite" not in columns:
        yield "unite"
    if "compteur" not in mapping and "compteur" not in columns:
        yield "compteur"
    if not {"pas", "index", "debut"} & {*mapping, *columns}:
        yield "pas"


def _columns(table: TextTable) -> list[_Column]:
    width = len(table.header)
    rows = (record.cells for record in table.records() if not (record.fault or record.repair or record.blank))
    sample = list(islice((cells for cells in rows if len(cells) >= width), _ROWS))
    seen: set[str] = set()
    found = []
    for place, label in enumerate(table.header):
        key = label_key(label)
        named = bool(key) and key not in seen
        seen.add(key)
        name = label if named else f"colonne_{place + 1}"
        found.append(_Column(place, label, name, [cells[place] for cells in sample]))
    return found


def _stamp(columns: Sequence[_Column], found: _Found) -> list[dt.datetime | None] | None:
    """Choose the columns that place a line in time; gives the moment of each line of the sample, None without any."""
    dated = [column for column in columns if column.kind in ("date", "datetime")]
    starts = [column for column in dated if column.words & _STARTS and column.distinct > 1]
    ends = [column for column in dated if column.words & _ENDS and column.distinct > 1]
    if starts and ends and starts[0] is not ends[0]:
        found.columns |= {"debut": starts[0].name, "fin": ends[0].name}
        found.reasons.append(f"Chaque ligne a son début et sa fin : colonnes {listed([starts[0].name, ends[0].name])}.")
        moments = _moments(starts[0], found)
        if starts[0].kind == "date":
            found.doubts.append(
                "Si le dernier jour est compris dans la période (« du 1er au 31 »), ajoutez « fin_incluse » : true."
            )
        return moments
    full = sorted((column for column in dated if column.kind == "datetime"), key=_stamp_rank)
    if full:
        found.columns["horodate"] = full[0].name
        found.reasons.append(f"L'horodate est la colonne {quoted(full[0].name)}.")
        return _moments(full[0], found)
    days = sorted(dated, key=_stamp_rank)
    if not days:
        return None
    found.columns["date"] = days[0].name
    hours = _hours(columns, days[0])
    if hours is None:
        found.reasons.append(f"La date est la colonne {quoted(days[0].name)}, sans heure.")
        return _moments(days[0], found)
    found.columns["heure"] = hours.name
    found.reasons.append(f"La date et l'heure sont les colonnes {listed([days[0].name, hours.name])}.")
    return [_joined(*pair) for pair in zip(_moments(days[0], found), hours.cells, strict=True)]


def _stamp_rank(column: _Column) -> tuple[bool, bool, int]:
    return column.distinct < 2, not column.words & {"horodate", "horodatage", "date", "heure", "jour"}, column.place


def _hours(columns: Sequence[_Column], day: _Column) -> _Column | None:
    """The column of hours that goes with one of dates: clock times, or whole hours under a label that says so."""
    times = [column for column in columns if column.kind == "time"]
    times += [
        column
        for column in columns
        if column.words & {"heure", "heures", "hour", "h"}
        and column.filled
        and all(map(_HOUR_NUMBER.fullmatch, column.filled))
    ]
    return min(times, key=lambda column: abs(column.place - day.place), default=None)


def _joined(day: dt.datetime | None, hour: str) -> dt.datetime | None:
    numbers = [int(part) for part in re.findall(r"\d+", hour)[:3]]
    if day is None or not numbers or numbers[0] > 24 or any(number > 59 for number in numbers[1:]):
        return None
    hours, minutes, seconds = (*numbers, 0, 0)[:3]
    return day + dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _moments(column: _Column, found: _Found) -> list[dt.datetime | None]:
    """The moments of a column; the format of its dates is found on the way."""
    best: tuple[int, str, list[dt.datetime | None]] | None = None
    iso = [_iso(cell.strip()) for cell in column.cells]
    fitting = []
    for shown, form in ((day + clock, date + hour) for day, date in _DATES for clock, hour in _CLOCKS):
        read = [_parsed(cell.strip(), form) for cell in column.cells]
        count = sum(moment is not None for moment in read)
        if count == len(column.filled):
            fitting.append(shown)
        if count and (best is None or count > best[0]):
            best = count, shown, read
    if best is None:
        if not any(iso):
            found.doubts.append(
                f"Les dates de {quoted(column.name)} ne sont pas comprises, par exemple {quoted(column.filled[0])} : "
                "exportez-les sur 24 heures, comme 31/01/2025 13:30 ou 2025-01-31T13:30:00+01:00."
            )
        return iso
    both = [one if one is not None else other for one, other in zip(best[2], iso, strict=True)]
    if sum(moment is not None for moment in iso) >= best[0]:
        return both
    found.others["format_date"] = best[1]
    found.reasons.append(f"Les dates sont écrites {best[1]}.")
    if len({form[:2] for form in fitting} & {"JJ", "MM"}) == 2:
        found.doubts.append(
            "Le jour et le mois pourraient être inversés : aucun jour des premières lignes ne dépasse 12."
        )
    return both


def _iso(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def _parsed(text: str, form: str) -> dt.datetime | None:
    midnight = "24:00" in text
    try:
        moment = dt.datetime.strptime(text.replace("24:00", "00:00"), form)
    except ValueError:
        return None
    return moment + dt.timedelta(days=midnight)


def _value(columns: Sequence[_Column], found: _Found) -> _Column | None:
    """Choose the column of the quantity."""
    taken = set(found.columns.values())
    numeric = [column for column in columns if column.name not in taken and column.kind == "numeric"]
    numeric = [column for column in numeric if not all(map(_POINT.fullmatch, column.filled[:_FEW]))]
    if not numeric:
        return None
    scores = {column.place: _score(column) for column in numeric}
    best = max(numeric, key=lambda column: (scores[column.place], len(column.filled), -column.place))
    rivals = [column.name for column in numeric if column is not best and scores[column.place] >= scores[best.place]]
    index = bool(best.words & {"index", "cumul", "cumule"})
    found.columns["index" if index else "valeur"] = best.name
    kind_of_value = "L'index est" if index else "La valeur est"
    found.reasons.append(f"{kind_of_value} la colonne {quoted(best.name)}.")
    if rivals:
        found.doubts.append(
            f"La valeur pourrait aussi être {listed(rivals[:3], 'ou')} : vérifiez la colonne choisie. Un seul compteur "
            "est lu à la fois : pour un autre, déposez une copie du fichier qui n'ait que sa colonne."
        )
    elif scores[best.place] <= 0:
        found.doubts.append(f"L'intitulé {quoted(best.name)} ne dit pas que c'est une consommation : vérifiez-le.")
    if not index and _grows(best):
        found.doubts.append(
            f"Les valeurs de {quoted(best.name)} ne baissent jamais : si c'est un index, écrivez « index » au lieu de "
            "« valeur » dans la correspondance."
        )
    return best


def _score(column: _Column) -> int:
    liked = sum(_LIKED.get(word, 0) for word in column.words)
    return liked + 100 * (column.unit is not None) - 120 * bool(column.words & _DISLIKED)


def _numbers(cells: Sequence[str]) -> list[float]:
    found = []
    for cell in cells:
        text = re.sub(r"[\s']", "", cell)
        text = text.replace(".", "").replace(",", ".") if "," in text else text
        try:
            found.append(float(text))
        except ValueError:
            continue
    return found


def _grows(column: _Column) -> bool:
    numbers = _numbers(column.filled)
    rising = all(left <= right for left, right in pairwise(numbers))
    return len(numbers) > _FEW and rising and numbers[0] > 0 and numbers[-1] > numbers[0]


def _meter(columns: Sequence[_Column], value: _Column, found: _Found, given: Mapping[str, str]) -> _Column | None:
    taken = {*found.columns.values(), value.name}
    others = [column for column in columns if column.name not in taken and column.filled]
    named = [column for column in others if column.words & _METERS and _is_name(column)]
    named += [column for column in others if all(map(_POINT.fullmatch, column.filled))]
    if named and not given.get("compteur"):
        found.columns["compteur"] = named[0].name
        found.reasons.append(f"Le compteur est la colonne {quoted(named[0].name)}.")
        return named[0]
    if not given.get("compteur"):
        found.doubts.append("Aucune colonne ne nomme le compteur : donnez son numéro avec --compteur.")
    return None


def _is_name(column: _Column) -> bool:
    """Whether the cells name something: a quantity would seldom come again."""
    return column.kind not in ("date", "datetime", "time") and 2 * column.distinct <= max(2, len(column.filled))


def _decimal(table: TextTable, value: _Column, found: _Found) -> None:
    if table.delimiter is None:
        return
    marks = {cell[max(cell.rfind(","), cell.rfind("."))] for cell in value.filled if "," in cell or "." in cell}
    if len(marks) == 1:
        [found.others["decimale"]] = marks
        found.reasons.append(f"Le signe décimal est {'la virgule' if marks == {','} else 'le point'}.")
    elif marks:
        found.doubts.append("Les décimales sont marquées tantôt par une virgule, tantôt par un point.")


def _unit(columns: Sequence[_Column], value: _Column, found: _Found, given: Mapping[str, str]) -> None:
    if given.get("unite"):
        return
    if value.unit is not None:
        found.others["unite"] = value.unit
        found.reasons.append(f"L'unité est {value.unit}, d'après l'intitulé {quoted(value.label)}.")
        return
    for column in columns:
        if column.filled and all(cell.lower() in UNITS for cell in column.filled):
            found.columns["unite"] = column.name
            found.reasons.append(f"L'unité est la colonne {quoted(column.name)}.")
            return
    found.doubts.append("L'unité n'est pas écrite : donnez-la avec --unite (W, kW, MW, Wh, kWh ou MWh).")


def _step(
    moments: Sequence[dt.datetime | None],
    value: _Column,
    meter: _Column | None,
    found: _Found,
    given: Mapping[str, str],
) -> int | None:
    """The step, in seconds: the commonest difference between two values of a meter."""
    last: dict[str, dt.datetime] = {}
    differences: Counter[int] = Counter()
    for place, moment in enumerate(moments):
        if moment is None or not value.cells[place].strip():
            continue
        name = meter.cells[place] if meter is not None else ""
        if name in last:
            differences[abs(int((moment - last[name]).total_seconds()))] += 1
        last[name] = moment
    repeated = differences.pop(0, 0)
    if repeated > sum(differences.values()):
        found.doubts.append("Une même horodate revient sur plusieurs lignes : il y a sans doute plusieurs compteurs.")
    if given.get("pas"):
        return None
    if not differences:
        found.doubts.append("Le pas n'a pu être déduit : donnez-le avec --pas (PT10M, PT30M, PT1H, P1D ou P1M).")
        return None
    seconds, count = differences.most_common(1)[0]
    found.others["pas"] = _duration(seconds)
    found.reasons.append(f"Le pas est {spoken(_duration(seconds))}, l'écart le plus fréquent entre deux valeurs.")
    if 10 * count < 9 * sum(differences.values()) and not _monthly(seconds):
        found.doubts.append("Le pas change dans le fichier : les lignes d'un autre pas seraient mal comptées.")
    return seconds


def _monthly(seconds: int) -> bool:
    return 28 * _DAY <= seconds <= 31 * _DAY


def _duration(seconds: int) -> str:
    if _monthly(seconds):
        return "P1M"
    if seconds in (365 * _DAY, 366 * _DAY):
        return "P1Y"
    if seconds % _DAY == 0:
        return f"P{seconds // _DAY}D"
    if seconds % 3600 == 0:
        return f"PT{seconds // 3600}H"
    return f"PT{seconds // 60}M" if seconds % 60 == 0 else f"PT{seconds}S"


def spoken(duration: str) -> str:
    """A duration of one number in a French sentence: `PT30M` is « 30 minutes »."""
    names = {"M": "minute", "H": "heure", "S": "seconde"} if "T" in duration else {"D": "jour", "M": "mois", "Y": "an"}
    found = re.fullmatch(r"PT?(\d+)([DMYHS])", duration)
    if found is None:
        return duration
    noun = names[found[2]]
    return f"{found[1]} {noun}{'s' if int(found[1]) > 1 and noun != 'mois' else ''}"


def _end(moments: Sequence[dt.datetime | None], step: int | None, found: _Found, given: Mapping[str, str]) -> None:
    """Which end of the slot is stamped: told by the label, or by the first stamp of a day."""
    if given.get("horodate"):
        return
    words = {
        word for what in ("horodate", "date", "heure") for word in label_key(found.columns.get(what, "")).split("_")
    }
    if words & _ENDS != words & _STARTS:
        found.others["horodate"] = "fin" if words & _ENDS else "debut"
        found.reasons.append(f"L'intitulé dit que l'horodate est {_said_end(found.others['horodate'])} du créneau.")
        return
    known = [moment for moment in moments if moment is not None]
    if step is not None and step % _DAY == 0:
        found.others["horodate"] = "debut"
        return
    ascending = len(known) > 1 and known[0] < known[-1]
    first = known[0].hour * 3600 + known[0].minute * 60 + known[0].second if ascending else None
    if first == 0:
        found.others["horodate"] = "debut"
        found.doubts.append(f"L'horodate est supposée au début du créneau, car la première est à minuit{_ELSE_END}")
    elif first is not None and first == step:
        found.others["horodate"] = "fin"
        found.doubts.append(
            f"L'horodate est supposée à la fin du créneau, car la première est à un pas de minuit{_ELSE_END}"
        )
    else:
        found.others["horodate"] = "debut"
        found.doubts.append("Rien ne dit si l'horodate est le début ou la fin du créneau : précisez avec --horodate.")


def _last_days(moments: Sequence[dt.datetime | None], found: _Found, given: Mapping[str, str]) -> None:
    """Months stamped with their last days, of which two at least have not the same number, are these months whole."""
    days = {moment.date() for moment in moments if moment is not None}
    if {**found.others, **given}.get("pas") != "P1M" or given.get("horodate") == "debut":
        return
    if all((day + dt.timedelta(1)).day == 1 for day in days) and len({day.day for day in days}) > 1:
        found.others |= {"horodate": "fin", "fin_incluse": True}
        found.reasons.append("Chaque mois est daté de son dernier jour, qui y est compris.")


def _said_end(end: str) -> str:
    return "la fin" if end == "fin" else "le début"


def _zone(columns: Sequence[_Column], found: _Found, given: Mapping[str, str]) -> None:
    stamps = [
        column for column in columns if column.name in (found.columns.get("horodate"), found.columns.get("debut"))
    ]
    if stamps and all(map(_OFFSET.search, stamps[0].filled[:_FEW])):
        found.reasons.append("Chaque horodate porte son décalage avec l'heure universelle.")
    elif not given.get("fuseau"):
        found.others["fuseau"] = PARIS
        found.doubts.append("Le fuseau est supposé être celui de Paris : sinon, donnez-le avec --fuseau.")
