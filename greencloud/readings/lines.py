"""The lines of the files, each with the slot that its labels name, its energy, and the motive that it bears."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from greencloud.readings import motives
from greencloud.readings.energy import POWERS, UNITS, excessive, millijoules
from greencloud.readings.formats.cells import among
from greencloud.readings.zones import DAY, FIRST_DAY, FIXED, LAST_DAY

if TYPE_CHECKING:
    import duckdb

START, END, BOTH = 0, 1, 2
"""What the stamps of a line name: the start of its slot, its end, or both."""

_NO_ENERGY = ("grandeur_ignoree", "unite_inconnue", "valeur_illisible")
_MOST_BACK = 7200  # s; in autumn a slot may end at an earlier label than it starts
_MOST_OFFSET = 14 * 3600  # s; no clock on Earth is further from UTC, and a slot may not leap over days


def create(con: "duckdb.DuckDBPyConnection", first: int | None = None) -> None:
    """Make `lignes` of the view `lues`, one row a line, in one pass over the files.

    `id`: the place among all lines; `libelle`: the label at which the slot starts; `pas`: its length, label to label
    (s); `forme`: what is stamped; `micro`: the value in millionths of `unite`; `energie`: mJ, for that length;
    `motif`; `brut` with it. `first`: the number of the first line of a file whose lines come in order, unnumbered.
    """
    store(con, query(con) if first is None else _query(_lone(con)), first)


def store(con: "duckdb.DuckDBPyConnection", rows: str, first: int | None = None) -> None:
    """Make `lignes` of SQL whose rows are those of `query`."""
    con.execute(f"CREATE OR REPLACE TABLE lignes_lues AS {rows}")
    # What can be reckoned again is not kept: there may be a billion lines.
    con.execute(
        "CREATE OR REPLACE VIEW lignes AS SELECT * EXCLUDE (sans_energie) "
        f"REPLACE (coalesce(ligne, rowid + {first or 1}) AS ligne), rowid AS id, "
        f"CASE WHEN NOT sans_energie THEN {millijoules('micro', 'unite', 'pas')} END AS energie FROM lignes_lues"
    )


def query(con: "duckdb.DuckDBPyConnection") -> str:
    """SQL of what is stored of the lines of the view `lues`, by the settings of their files and meters."""
    return _query(_joined(con))


def create_types(con: "duckdb.DuckDBPyConnection") -> None:
    """Make the types of what is stored."""
    for name, values in (("motif_ecart", motives.MOTIVES), ("unite_energie", UNITS)):
        con.execute(f"CREATE TYPE IF NOT EXISTS {name} AS ENUM ({_listed(values)})")


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


class _Told(NamedTuple):
    """SQL of what is told beside the lines, and the joins that it needs.

    The unit, which end a lone stamp names, the offset of a stamp that is written without one: NULL unless it is fixed.
    """

    unit: str
    end: str
    offset: str
    joined: str


def _joined(con: "duckdb.DuckDBPyConnection") -> _Told:
    """Without a register there is nothing to look for, line by line."""
    files = "INNER JOIN reglages_fichier f ON f.fichier = l.fichier"
    if con.execute("SELECT count(*) FROM reglages_compteur").fetchall() == [(0,)]:
        return _Told("f.unite", "f.horodate", _fixed("f.fuseau"), files)
    meters = "LEFT JOIN reglages_compteur c ON c.fichier = l.fichier AND c.compteur = l.compteur"
    unit, end, zone = (f"coalesce(c.{word}, f.{word})" for word in ("unite", "horodate", "fuseau"))
    return _Told(unit, end, _fixed(zone), f"{files} {meters}")


def _lone(con: "duckdb.DuckDBPyConnection") -> _Told:
    """For a lone file without a join: a join may change the order of the lines, by which they are numbered."""
    words = "unite, horodate, fuseau"
    [of_file] = con.execute(f"SELECT {words} FROM reglages_fichier").fetchall()
    meters = con.execute(f"SELECT compteur, {words} FROM reglages_compteur ORDER BY ALL").fetchall()
    unit, end, zone = (
        _of_meters([(told[0], told[place]) for told in meters if told[place] not in (None, common)], common)
        for place, common in enumerate(of_file, 1)
    )
    return _Told(unit, end, _fixed(zone), "")


def _fixed(zone: str) -> str:
    cases = " ".join(f"WHEN '{name}' THEN {seconds}" for name, seconds in FIXED.items())
    return f"CASE {zone} {cases} END"


def _of_meters(told: Sequence[tuple[str, str]], otherwise: str | None) -> str:
    meters: dict[str, list[str]] = {}
    for meter, word in told:
        meters.setdefault(word, []).append(meter)
    cases = " ".join(f"WHEN {among('l.compteur', names)} THEN '{word}'" for word, names in meters.items())
    common = "NULL::VARCHAR" if otherwise is None else f"'{otherwise}'"
    return f"CASE {cases} ELSE {common} END" if cases else common


def _query(told: _Told) -> str:
    return f"""
        WITH reglees AS (
            SELECT
                l.fichier, l.ligne, l.compteur, l.sens, l.estime, l.probleme, l.brut, l.pas,
                l.decalage_debut, l.decalage_fin,
                epoch_ms(l.debut) // 1000 AS debut,
                epoch_ms(l.fin) // 1000 AS fin,
                {millionths("l.valeur")} AS micro,
                TRY_CAST(coalesce(l.unite, {told.unit}) AS unite_energie) AS unite,
                {told.offset} AS decalage_fuseau,
                coalesce({told.end}, CASE WHEN l.debut IS NULL THEN 'fin' ELSE 'debut' END) AS horodate
            FROM lues l {told.joined}
        ),
        {placing()},
        mesurees AS (SELECT *, {excessive("micro", "unite", "longueur")} AS excessive FROM longues)
        SELECT
            fichier, ligne, compteur, libelle,
            longueur AS pas,
            -- A slot of whole days is as long as they are: its other end is a label too.
            (CASE WHEN longueur % {DAY} = 0 THEN {BOTH} ELSE forme END)::UTINYINT AS forme,
            decalage_debut, decalage_fin,
            micro,
            unite,
            {_without_energy()} AS sans_energie,
            coalesce(estime, FALSE) AS estime,
            {_motive()} AS motif,
            brut
        FROM mesurees
    """


def millionths(value: str, kind: str = "BIGINT") -> str:
    """SQL of a decimal value in millionths."""
    # In two parts: a product of decimals would be as wide as it can be, and forty times as slow.
    return f"(({value}) - ({value}) % 1)::{kind} * 1000000 + ((({value}) % 1) * 1000000)::{kind}"


def placing() -> str:
    """SQL of `longues` after `reglees`: where slots start (`libelle`), how long they are, which ends are stamped.

    `reglees`: `debut` and `fin` (s), `pas`, the offsets as written and that of the zone, and `horodate`.
    """
    return f"""
        placees AS (
            SELECT
                * EXCLUDE (decalage_debut, decalage_fin, decalage_fuseau),
                CASE
                    WHEN debut IS NOT NULL AND fin IS NOT NULL THEN fin - debut
                    WHEN pas > 0 THEN pas
                END AS longueur,
                CASE
                    WHEN debut IS NOT NULL AND fin IS NOT NULL THEN debut
                    WHEN horodate = 'fin' THEN coalesce(fin, debut) - pas
                    ELSE coalesce(debut, fin)
                END AS libelle,
                CASE
                    WHEN debut IS NOT NULL AND fin IS NOT NULL THEN {BOTH}
                    WHEN horodate = 'fin' THEN {END}
                    ELSE {START}
                END AS forme,
                -- The only stamp may stand in the column of the other end.
                coalesce(CASE WHEN debut IS NOT NULL AND fin IS NOT NULL THEN decalage_debut
                    WHEN horodate = 'debut' THEN coalesce(decalage_debut, decalage_fin) END, decalage_fuseau)
                    AS decalage_debut,
                coalesce(CASE WHEN debut IS NOT NULL AND fin IS NOT NULL THEN decalage_fin
                    WHEN horodate = 'fin' THEN coalesce(decalage_fin, decalage_debut) END, decalage_fuseau)
                    AS decalage_fin
            FROM reglees
        ),
        -- Both ends with their offsets: the true length.
        longues AS (
            SELECT
                * REPLACE (CASE
                    WHEN forme = {BOTH} AND decalage_debut IS NOT NULL AND decalage_fin IS NOT NULL
                        THEN longueur - (decalage_fin - decalage_debut)
                    ELSE longueur END AS longueur)
            FROM placees
        )
    """


def _without_energy() -> str:
    """What holds no energy, or none that can be told. Whatever is not known leaves none either."""
    return f"""coalesce(
        probleme IN ({_listed(_NO_ENERGY)})
        OR (longueur <= 0 AND unite IN ({_listed(POWERS)}))
        OR excessive, FALSE)"""


def _motive() -> str:
    backwards = f"longueur <= CASE WHEN forme = {BOTH} AND decalage_debut IS NULL THEN {-_MOST_BACK} ELSE 0 END"
    first, last = FIRST_DAY * DAY, (LAST_DAY + 1) * DAY
    cases = {
        "compteur IS NULL": "compteur_absent",
        "sens = 'PROD'": "production",
        "debut IS NULL AND fin IS NULL": "horodate_illisible",
        f"greatest(abs(decalage_debut), abs(decalage_fin)) > {_MOST_OFFSET}": "horodate_illisible",
        f"longueur IS NULL OR {backwards}": "pas_inconnu",
        "micro IS NULL": "valeur_absente",
        "unite IS NULL": "unite_inconnue",
        f"libelle < {first} OR libelle + greatest(longueur, 1) > {last}": "annee_invraisemblable",
        "excessive": "valeur_excessive",
        "micro < 0": "negatif",
    }
    # Each a constant of the type: a text would be looked up for every line.
    told = " ".join(f"WHEN {condition} THEN '{motive}'::motif_ecart" for condition, motive in cases.items())
    return f"CASE WHEN probleme IS NOT NULL THEN probleme::motif_ecart {told} ELSE '{motives.NONE}'::motif_ecart END"
