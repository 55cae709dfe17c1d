"""Readings of the face of a counter: the energy of an interval is the index at its end less the index at its start.

Our own form is `id_compteur,horodate,index_kwh[,chiffres][,evenement][,estime]`; any other comes with a mapping that
names a column `index`. The readings of a meter are put in the order of their stamps, whatever that of the lines.

- A counter that shows `chiffres` digits goes back to zero after its last number. An index that is lower than the one
  before is taken for that when the digits are known, when what it then counted is less than half of what it can count
  and in proportion to the other intervals of the meter, or, without any, when it was near its last number. In any
  other case it is told as `index_recule`, without a value. Where the readings on both sides of one of the two go on
  without it, it is the wrong one, never a rollover: the other interval that it bounds is `index_douteux`.
- `evenement` is `depose` on the last reading of a counter that is taken out and `pose` on the first one of the counter
  that replaces it: nothing was consumed between them, and the new index starts the interval that follows. What
  touches a reading with another event is `evenement_inconnu`: nobody knows which counter it shows.
- The first reading of a meter starts an interval and ends none: it is no row of the view. One that neither starts nor
  ends any is told as `index_seul`.
- The same index twice at one instant is `doublon_identique`. Two different ones contradict each other
  (`doublon_different`): neither is believed, and the interval goes from the reading before to the one after.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from greencloud.checking.sql import literal
from greencloud.readings.formats import cells, correspondance
from greencloud.readings.formats.form import Format, Labels, keyed
from greencloud.readings.formats.laying import Laid
from greencloud.readings.formats.mapping import Correspondence
from greencloud.readings.formats.views import COLUMNS, Recipe, cell, view
from greencloud.readings.sources import Convention

NAME = "index"
LABELS = ("id_compteur", "horodate", "index_kwh", "chiffres", "evenement", "estime")
BACKWARDS = "index_recule"
"""The problem of an index that is lower than the one before."""
DOUBTFUL, UNKNOWN_EVENT, ALONE = "index_douteux", "evenement_inconnu", "index_seul"
"""Those of an interval that a wrong index or an unknown event bounds, and of an index without another."""
_NEEDED = frozenset(LABELS[:3])
_MOST_TIMES = 3  # the greatest mean power of the other intervals
_NEAR_THE_END = "0.9"  # of what a counter can count
_INSTALLED, _REMOVED, _OTHER = "pose", "depose", "autre"
_READ: Mapping[str, str] = {
    "fichier": "INTEGER",
    "ligne": "BIGINT",
    "compteur": "VARCHAR",
    "instant": "TIMESTAMP",
    "decalage": "INTEGER",
    "index_lu": "DECIMAL(18,6)",
    "chiffres": "INTEGER",
    "evenement": "VARCHAR",
    "unite": "VARCHAR",
    "estime": "BOOLEAN",
    "probleme": "VARCHAR",
    "brut": "VARCHAR",
}


def mapped(told: Correspondence) -> Format:
    """The format that a mapping describes when it names a column `index`."""
    defaults = Convention(None, told.unit, None, told.zone)
    return Format(NAME, tuple(told.columns.values()), frozenset(), defaults, partial(_of_mapping, told))


def _of_mapping(told: Correspondence, files: Sequence[Laid], lanes: int, numbered: bool) -> str:
    columns = correspondance.texts(told, files[0])
    stamp = correspondance.shown_stamp(columns) or ""
    decimal = told.decimal if files[0].table.delimiter else None
    parsed = {"instant": correspondance.instant(told, columns), "index_lu": cells.number(columns["index"], decimal)}
    found = {
        "compteur": correspondance.meter(told, columns),
        "decalage": "NULL" if told.date_format or "heure" in columns else cells.offset(stamp),
        "chiffres": str(told.digits) if told.digits else "NULL",
    }
    cases: dict[str, str] = {}
    if "unite" in columns:
        parsed["unite_lue"] = cells.unit(columns["unite"])
        found["unite"] = "unite_lue"
        cases["unite_lue IS NULL"] = "unite_inconnue"
    return _differences(_read(files, lanes, numbered, parsed, found, (stamp, columns["index"]), cases))


def _own(files: Sequence[Laid], lanes: int, numbered: bool) -> str:
    labels: Labels = keyed(files[0].labels)
    texts = {name: cell(labels[name]) if name in labels else "NULL::VARCHAR" for name in LABELS}
    stamp, index = texts["horodate"], texts["index_kwh"]
    parsed = {
        "instant": cells.wall(stamp),
        "index_lu": cells.number(index),
        "estime_lu": cells.flag(texts["estime"]),
    }
    event = f"lower(strip_accents(trim({texts['evenement']})))"
    found = {
        "compteur": cells.meter(texts["id_compteur"]),
        "decalage": cells.offset(stamp),
        "chiffres": f"TRY_CAST({texts['chiffres']} AS INTEGER)",
        "evenement": (
            f"CASE WHEN {event} IN ({literal(_INSTALLED)}, {literal(_REMOVED)}) THEN {event} "
            f"WHEN {event} <> '' THEN {literal(_OTHER)} END"
        ),
        "unite": "'kWh'",
        "estime": "estime_lu",
    }
    cases = {"estime_lu IS NULL": cells.UNTOLD}
    shown = {cells.UNTOLD: texts["estime"]}
    return _differences(_read(files, lanes, numbered, parsed, found, (stamp, index), cases, shown))


def _read(
    files: Sequence[Laid],
    lanes: int,
    numbered: bool,
    parsed: Mapping[str, str],
    found: Mapping[str, str],
    written: tuple[str, str],
    cases: Mapping[str, str],
    shown: Mapping[str, str] | None = None,
) -> str:
    """SQL: what each line says, in the columns `_READ`; `written`: its stamp and its index as they are written.

    `cases`: other problems than theirs; `shown`: what is written where these lie, other than the index.
    """
    stamp, index = written
    problem = cells.first_of(
        {cells.no_stamp("instant"): "horodate_illisible", **cells.missing(index, "index_lu"), **cases}
    )
    columns = {**found, "instant": "instant", "index_lu": "index_lu"}
    shown = {"horodate_illisible": stamp, **(shown or {})}
    recipe = Recipe(parsed, columns, problem, cells.shown(shown, index), _READ)
    return view(files, recipe, lanes, numbered=numbered)


def _differences(read: str) -> str:
    """SQL: the rows of the view."""
    known = ("instant", "cle", "decalage", "index_lu", "estime", "evenement")
    before = ", ".join(f"lag({name}) OVER chaine AS {name}_avant" for name in known)
    return f"""
        WITH lus AS ({read}),
        dates AS (
            SELECT *, instant - to_seconds(coalesce(decalage, 0)) AS cle FROM lus WHERE probleme IS NULL
        ),
        compares AS (
            SELECT
                *,
                row_number() OVER (PARTITION BY fichier, compteur, cle, evenement, index_lu ORDER BY ligne) AS fois,
                min(index_lu) OVER meme <> max(index_lu) OVER meme AS contredit
            FROM dates WINDOW meme AS (PARTITION BY fichier, compteur, cle, evenement)
        ),
        chaines AS (
            SELECT *, {before},
                row_number() OVER chaine AS rang,
                coalesce(lead(evenement) OVER chaine, CASE WHEN lead(ligne) OVER chaine IS NULL THEN '{_INSTALLED}' END)
                    = '{_INSTALLED}' AS sans_suite
            FROM compares WHERE fois = 1 AND NOT contredit AND compteur IS NOT NULL
            WINDOW chaine AS (
                PARTITION BY fichier, compteur
                ORDER BY cle, CASE evenement WHEN '{_REMOVED}' THEN 0 WHEN '{_INSTALLED}' THEN 2 ELSE 1 END, ligne
            )
        ),
        ecarts AS (
            SELECT
                *,
                index_lu - index_lu_avant AS ecart,
                epoch(cle - cle_avant) AS secondes,
                CASE WHEN chiffres BETWEEN 1 AND 11
                    THEN ('1' || repeat('0', chiffres))::DECIMAL(18,6) END AS etendue
            FROM chaines WHERE index_lu_avant IS NOT NULL AND evenement IS DISTINCT FROM '{_INSTALLED}'
        ),
        voisins AS (
            SELECT
                *,
                -- A wrong index goes back on one of its sides: what it bounds is no witness of what is usual.
                CASE WHEN ecart >= 0 AND coalesce(lag(ecart) OVER suite, 0) >= 0
                    AND coalesce(lead(ecart) OVER suite, 0) >= 0 THEN ecart / nullif(secondes, 0) END AS allure,
                coalesce(lead(rang) OVER suite = rang + 1 AND lead(index_lu) OVER suite >= index_lu_avant, FALSE)
                    OR coalesce(lag(rang) OVER suite = rang - 1 AND lag(index_lu_avant) OVER suite <= index_lu, FALSE)
                    AS dementi
            FROM ecarts WINDOW suite AS (PARTITION BY fichier, compteur ORDER BY rang)
        ),
        tours AS (
            SELECT
                *,
                CASE
                    WHEN ecart >= 0 THEN ecart
                    WHEN index_lu_avant < etendue AND ecart + etendue < etendue / 2 AND NOT dementi
                        AND coalesce(
                            (ecart + etendue) / nullif(secondes, 0) <= {_MOST_TIMES} * max(allure) OVER du_compteur,
                            index_lu_avant >= etendue * {_NEAR_THE_END}
                        )
                    THEN ecart + etendue
                END AS valeur
            FROM voisins WINDOW du_compteur AS (PARTITION BY fichier, compteur)
        ),
        juges AS (
            SELECT
                *,
                CASE
                    WHEN valeur IS NULL THEN '{BACKWARDS}'
                    WHEN '{_OTHER}' IN (evenement, evenement_avant) THEN '{UNKNOWN_EVENT}'
                    -- The next index goes back, yet not below the one before: this one is too high.
                    WHEN lead(rang) OVER suite = rang + 1 AND lead(valeur) OVER suite IS NULL
                        AND lead(index_lu) OVER suite >= index_lu_avant THEN '{DOUBTFUL}'
                    -- The one before went back, and this one does not: that one was too low.
                    WHEN lag(rang) OVER suite = rang - 1 AND lag(valeur) OVER suite IS NULL
                        AND index_lu >= lag(index_lu_avant) OVER suite THEN '{DOUBTFUL}'
                END AS defaut
            FROM tours WINDOW suite AS (PARTITION BY fichier, compteur ORDER BY rang)
        )
        SELECT {
        _columns(
            {
                **dict.fromkeys(("fichier", "ligne", "compteur", "valeur", "unite"), ""),
                "debut": "instant_avant",
                "fin": "instant",
                "decalage_debut": "decalage_avant",
                "decalage_fin": "decalage",
                "estime": "estime OR estime_avant",
                "probleme": "defaut",
                "brut": f"CASE WHEN defaut IS NOT NULL THEN {_both('index_lu_avant', 'index_lu')} END",
            }
        )
    } FROM juges
        UNION ALL
        SELECT {
        _columns(
            {
                **dict.fromkeys(("fichier", "ligne", "compteur", "unite", "estime"), ""),
                "fin": "instant",
                "decalage_fin": "decalage",
                "probleme": f"'{ALONE}'",
                "brut": _figure("index_lu"),
            }
        )
    } FROM chaines WHERE sans_suite AND (rang = 1 OR evenement = '{_INSTALLED}')
        UNION ALL
        SELECT {
        _columns(
            {
                **dict.fromkeys(("fichier", "ligne", "compteur", "unite", "estime"), ""),
                "fin": "instant",
                "decalage_fin": "decalage",
                "probleme": "CASE WHEN contredit THEN 'doublon_different' WHEN fois > 1 THEN 'doublon_identique' END",
                "brut": f"CASE WHEN contredit OR fois > 1 THEN {_figure('index_lu')} END",
            }
        )
    } FROM compares WHERE fois > 1 OR contredit OR compteur IS NULL
        UNION ALL
        SELECT {
        _columns(
            {
                **dict.fromkeys(("fichier", "ligne", "compteur", "unite", "estime", "probleme", "brut"), ""),
                "fin": "instant",
                "decalage_fin": "decalage",
            }
        )
    } FROM lus WHERE probleme IS NOT NULL
    """


def _both(first: str, second: str) -> str:
    return f"{_figure(first)} || ' puis ' || {_figure(second)}"


def _figure(value: str) -> str:
    return f"replace(rtrim(rtrim({value}::VARCHAR, '0'), '.'), '.', ',')"


def _columns(told: Mapping[str, str]) -> str:
    """SQL: the columns of the view; an empty text stands for the column of the same name."""
    found = {"sens": "'CONS'", **{name: sql or name for name, sql in told.items()}}
    return ", ".join(f"({found.get(name, 'NULL')})::{kind} AS {name}" for name, kind in COLUMNS.items())


FORMAT = Format(NAME, LABELS, _NEEDED, Convention(unite="kWh", fuseau="Europe/Paris"), _own)
