"""Any export of readings, text or workbook, read through a mapping (see `mapping`)."""

from collections.abc import Mapping
from functools import partial

from greencloud.checking.sql import literal
from greencloud.reading import Unreadable
from greencloud.reading.labels import label_key
from greencloud.readings.formats import cells
from greencloud.readings.formats.form import Format, by_line, keyed
from greencloud.readings.formats.laying import Laid
from greencloud.readings.formats.mapping import Correspondence, Step
from greencloud.readings.formats.views import Recipe, cell
from greencloud.readings.sources import Convention

NAME = "correspondance"
LAST_DAY = "dernier_jour"
"""The problem of a month that is stamped with its last day, where nothing tells whether it is in it."""
_SHOWN = 8
_STAMPS = ("instant", "debut_lu", "fin_lue")
# The whole of a cell: of « 00h00 - 01h00 » or « 00:30+02:00 » no part is the hour.
_CLOCK = r"^\s*(?:\d{4}-\d{2}-\d{2}[ T])?(\d{1,2}(?:[:hH]\d{2}(?::\d{2}(?:[.,]0+)?)?)?)\s*[hH]?\s*$"


def form(told: Correspondence) -> Format:
    """The format that a mapping describes."""
    return by_line(
        NAME,
        tuple(told.columns.values()),
        frozenset(),
        Convention(None, told.unit, told.end or "debut", told.zone),
        partial(recipe, told),
    )


def texts(told: Correspondence, laid: Laid) -> Mapping[str, str]:
    """The column of cells of each thing that the mapping names. Raises Unreadable when the file has no such column."""
    labels = keyed(laid.labels)
    missing = [label for label in told.columns.values() if label_key(label) not in labels]
    if missing:
        shown = ", ".join(f"« {label[:40]} »" for label in laid.labels[:_SHOWN])
        more = ", …" if len(laid.labels) > _SHOWN else ""
        raise Unreadable(
            "format-error",
            f"Le fichier n'a pas la colonne « {missing[0][:60]} » que nomme sa correspondance ; il a {shown}{more}.",
            "Corrigez le fichier de lecture, ou refaites-le avec greencloud map.",
        )
    return {what: cell(labels[label_key(label)]) for what, label in told.columns.items()}


def recipe(told: Correspondence, laid: Laid) -> Recipe:
    """How its cells are read. Raises Unreadable when the file has not the columns that the mapping names."""
    columns = texts(told, laid)
    # The numbers of a workbook have a decimal point, whatever its cells show.
    decimal = told.decimal if laid.table.delimiter else None
    value = columns["valeur"]
    parsed = {**_stamps(told, columns), "valeur_lue": cells.number(value, decimal)}
    if "unite" in columns:
        parsed["unite_lue"] = cells.unit(columns["unite"])
    if "pas" in columns:
        parsed["pas_lu"] = cells.step(columns["pas"])
    problem, written = _problem(told, columns, parsed, value)
    # What the calendar tells of a slot depends on its stamp.
    stamps = () if told.of_calendar else [name for name in parsed if name in _STAMPS]
    tags = list(dict.fromkeys(columns[name] for name in ("compteur", "unite", "pas") if name in columns))
    return Recipe(parsed, _columns(told, columns, parsed), problem, written, stamps=stamps, tags=tags)


def _problem(
    told: Correspondence, columns: Mapping[str, str], parsed: Mapping[str, str], value: str
) -> tuple[str, str]:
    """What is wrong with a line, and what is shown of it."""
    stamps = {"instant": shown_stamp(columns), "debut_lu": columns.get("debut"), "fin_lue": columns.get("fin")}
    cases = {cells.no_stamp(name): "horodate_illisible" for name in stamps if name in parsed}
    cases |= cells.missing(value, "valeur_lue")
    shown = {"horodate_illisible": str(stamps["instant"] or "")}
    if "instant" in parsed and told.step is not None and told.step.months and told.last_day_included is None:
        # It may name the month that it ends, or one from its eve to its eve.
        cases["isfinite(instant) AND instant::DATE = last_day(instant)"] = LAST_DAY
        shown[LAST_DAY] = shown["horodate_illisible"]
    if "debut_lu" in parsed:
        shown["horodate_illisible"] = f"concat_ws(' ', {columns['debut']}, {columns['fin']})"
    if "unite" in columns:
        cases["unite_lue IS NULL"] = "unite_inconnue"
        shown["unite_inconnue"] = columns["unite"]
    if "pas" in columns:
        cases["pas_lu IS NULL"] = "pas_illisible"
        shown["pas_illisible"] = columns["pas"]
    return cells.first_of(cases), cells.shown(shown, value)


def shown_stamp(columns: Mapping[str, str]) -> str | None:
    """SQL: the stamp as it is written, None where a line has two ends."""
    if "date" in columns and "heure" in columns:
        return f"concat_ws(' ', {columns['date']}, {columns['heure']})"
    return columns.get("horodate", columns.get("date"))


def _stamps(told: Correspondence, columns: Mapping[str, str]) -> dict[str, str]:
    if "debut" not in columns:
        return {"instant": _ended(told, instant(told, columns))}
    return {"debut_lu": _moment(told, columns["debut"]), "fin_lue": _ended(told, _moment(told, columns["fin"]))}


def _ended(told: Correspondence, moment: str) -> str:
    """SQL: where the day of a stamp ends when that day is in the slot."""
    return f"date_trunc('day', {moment}) + INTERVAL 1 DAY" if told.last_day_included else moment


def instant(told: Correspondence, columns: Mapping[str, str]) -> str:
    """SQL: the wall-clock time of the stamp of a line, in one column or two."""
    if "heure" not in columns:
        return _moment(told, columns.get("horodate", columns.get("date", "")))
    day = f"strftime({_moment(told, columns['date'])}, '%Y-%m-%d ')"
    clock = f"regexp_extract({columns['heure']}, {literal(_CLOCK)}, 1)"
    whole = rf"CASE WHEN regexp_full_match({clock}, '\d{{1,2}}') THEN {clock} || ':00' ELSE {clock} END"
    return f"CASE WHEN {clock} <> '' THEN {cells.wall(f'({day} || {whole})')} END"


def _moment(told: Correspondence, text: str) -> str:
    if told.date_format is None:
        return cells.wall(text)
    # In a workbook a date is no text of that format; elsewhere one in ISO is a date whatever the others are. An offset
    # would be lost: with one it is no date.
    iso = (
        f"CASE WHEN regexp_full_match({text}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([ T][0-9:.]+)?') "
        f"THEN TRY_CAST({text} AS TIMESTAMP) END"
    )
    return f"coalesce({cells.formatted(text, told.date_format)}, {iso})"


def _columns(told: Correspondence, columns: Mapping[str, str], parsed: Mapping[str, str]) -> dict[str, str]:
    found = {"valeur": "valeur_lue", **_slot(told, columns)}
    found["compteur"] = meter(told, columns)
    if "unite_lue" in parsed:
        found["unite"] = "unite_lue"
    if "pas_lu" in parsed:
        found["pas"] = "pas_lu"
    return found


def meter(told: Correspondence, columns: Mapping[str, str]) -> str:
    """SQL: the meter of a line: that of its column, else the one of the mapping."""
    constant = "NULL" if told.meter is None else literal(told.meter)
    return f"coalesce({cells.meter(columns['compteur'])}, {constant})" if "compteur" in columns else constant


def _slot(told: Correspondence, columns: Mapping[str, str]) -> dict[str, str]:
    """The ends of the slot: both where the line or the calendar tells, else the one that is stamped."""
    if "debut" in columns:
        return {"debut": "debut_lu", "fin": "fin_lue", **_offsets(told, columns)}
    stamped, other, sign = ("fin", "debut", "-") if told.end == "fin" else ("debut", "fin", "+")
    found = {stamped: "instant"}
    if told.step is not None and told.step.seconds:
        found["pas"] = str(told.step.seconds)
    elif told.step is not None:
        found[other] = f"instant {sign} {_interval(told.step)}"
    if "heure" not in columns and told.date_format is None and not told.of_calendar:
        found[f"decalage_{stamped}"] = cells.offset(columns.get("horodate", columns.get("date", "")))
    return found


def _offsets(told: Correspondence, columns: Mapping[str, str]) -> dict[str, str]:
    if told.date_format is not None:
        return {}
    return {f"decalage_{end}": cells.offset(columns[end]) for end in ("debut", "fin")}


def _interval(step: Step) -> str:
    return f"INTERVAL {step.months} MONTH" if step.months else f"INTERVAL {step.days} DAY"
