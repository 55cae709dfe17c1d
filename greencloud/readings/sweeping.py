"""The swift way for files whose lines are all plain: one pass that adds them up, without a row for any line.

Lines of one group have the same tags, length, offsets and day: whatever else differs, stamp and value, is such that
all are plain when the two extreme ones are. These two are judged as lines are (see `lines`), in place of the others.
Lines of the days around a change of clock are carried along, to be judged one by one. A file of which a line is not
plain, or a day is doubtful for any other reason, is left to the long way: what comes out is the same.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from greencloud.checking.sql import literal
from greencloud.readings import lines, proving
from greencloud.readings.energy import MOST_VALUE, ROUNDED, millijoules
from greencloud.readings.formats.views import OFFSETS, Recipe, fixed, fixed_of, lanes_of, sweep, swept
from greencloud.readings.motives import NONE
from greencloud.readings.proving import NIGHT_ENDS, NIGHT_STARTS, REACH
from greencloud.readings.zones import DAY

if TYPE_CHECKING:
    import duckdb

    from greencloud.readings.formats.laying import Laid


def create(con: "duckdb.DuckDBPyConnection", files: "Sequence[Laid]", recipe: Recipe) -> set[int]:
    """Make `groupes` and `lignes` of the files that are plain, and say which they are; `lignes` holds what is carried.

    After `conventions.create` and `zones.create_days`. Raises duckdb.Error when a file cannot be read.
    """
    if not recipe.stamps:
        return set()
    con.execute(
        f"""
        CREATE OR REPLACE TABLE jours_portes AS
        SELECT DISTINCT unnest(range(jour - {REACH}, jour + {REACH} + 1)) AS jour
        FROM jours_fuseau WHERE instant IS NOT NULL
        """
    )
    taken, groups, carried = _tallied(con, files, recipe)
    others = [laid for laid in files if laid.place not in taken]
    if others and _sweep(con, others, recipe):
        _judge_extremes(con, others, recipe)
        _keep_simple(con)
        groups.append(_groups())
        carried.append(_carried())
    if not groups:
        return set()
    _group(con, " UNION ALL BY NAME ".join(groups))
    proving.meters(con)
    proving.prove(con)
    con.execute(
        "DELETE FROM groupes WHERE fichier IN (SELECT fichier FROM jours_douteux ANTI JOIN jours_portes USING (jour))"
    )
    borne = " UNION ALL BY NAME ".join(carried)
    lines.store(con, f"SELECT * FROM ({borne}) SEMI JOIN groupes USING (fichier) ORDER BY fichier, ligne")
    return {place for (place,) in con.execute("SELECT DISTINCT fichier FROM groupes").fetchall()}


def _tallied(
    con: "duckdb.DuckDBPyConnection", files: "Sequence[Laid]", recipe: Recipe
) -> tuple[set[int], list[str], list[str]]:
    """The files whose cells are read already, SQL of their groups, and of the lines carried along."""
    if not any(laid.plain for laid in files):
        return set(), [], []
    from greencloud.readings import tallying

    taken = tallying.create(con, files, recipe)
    return (taken, [tallying.groups()], [tallying.carried()]) if taken else (taken, [], [])


def _sweep(con: "duckdb.DuckDBPyConnection", files: "Sequence[Laid]", recipe: Recipe) -> bool:
    """Make `balayes`: one row for each group of lines. The long scan. Not when stamps name one end or the other."""
    ends = con.execute(
        "SELECT DISTINCT coalesce(c.horodate, f.horodate) FROM reglages_fichier f LEFT JOIN reglages_compteur c "
        "USING (fichier) UNION SELECT DISTINCT horodate FROM reglages_fichier"
    ).fetchall()
    if len(ends) != 1:
        return False
    [(end,)] = ends
    known = fixed(files, recipe)
    tags = "".join(f"{tag}, " for tag in recipe.tags if tag not in known)
    stamps = ", ".join(recipe.stamps)
    extremes = ", ".join(f"min({name}) AS {name}_min, max({name}) AS {name}_max" for name in recipe.stamps)
    plain = " AND ".join(("longueur > 0", "valeur >= 0", *(f"isfinite({name})" for name in recipe.stamps)))
    named = "NULL::VARCHAR" if end is None else literal(end)
    con.execute(
        f"""
        CREATE OR REPLACE TABLE balayes AS
        WITH reglees AS (
            SELECT
                fichier, ligne, {tags}{stamps}, valeur, pas, decalage_debut, decalage_fin,
                epoch_ms(debut) // 1000 AS debut,
                epoch_ms(fin) // 1000 AS fin,
                NULL::INTEGER AS decalage_fuseau,
                coalesce({named}, CASE WHEN debut IS NULL THEN 'fin' ELSE 'debut' END) AS horodate
            FROM ({sweep(files, recipe, lanes_of(con))})
        ),
        {lines.placing()},
        datees AS (SELECT *, libelle // {DAY} AS jour, libelle % {DAY} AS heure FROM longues),
        rangees AS (
            SELECT *,
                heure // longueur AS rang,
                heure < {NIGHT_ENDS} OR heure >= {NIGHT_STARTS} AS de_nuit,
                jour IN (SELECT jour FROM jours_portes) AS portee
            FROM datees
        )
        SELECT
            fichier, {tags}longueur, decalage_debut, decalage_fin, jour, rang >> 6 AS partie,
            coalesce({plain}, FALSE) AS simple,
            count(*) AS lignes,
            sum(valeur) AS somme,
            bit_or(1::UBIGINT << (rang & 63)) AS masque,
            count(*) FILTER (heure % longueur <> 0) AS decales,
            count(*) FILTER (valeur = 0) AS nuls,
            count(*) FILTER (valeur % 0.001 <> 0) AS fines,
            sum(valeur) FILTER (de_nuit) AS nuit,
            min(valeur) AS valeur_min,
            max(valeur) AS valeur_max,
            {extremes},
            min(ligne) AS ligne,
            list(struct_pack(ligne := ligne, libelle := libelle, valeur := valeur)) FILTER (portee) AS portees
        FROM rangees
        GROUP BY ALL
        """
    )
    return True


def _judge_extremes(con: "duckdb.DuckDBPyConnection", files: "Sequence[Laid]", recipe: Recipe) -> None:
    """Make `extremes`: of each group, by its number, what its first and its last line have and bear."""
    known = fixed(files, recipe)
    tags = "".join(f"{tag}, " for tag in recipe.tags)
    of_files = f"INNER JOIN ({fixed_of(files, known)}) USING (fichier)" if known else ""
    rows = " UNION ALL ".join(
        f"SELECT fichier, rowid AS ligne, {tags}{', '.join(OFFSETS)}, valeur_{value} AS {recipe.columns['valeur']}, "
        f"{', '.join(f'{name}_{stamp} AS {name}' for name in recipe.stamps)} FROM balayes {of_files} WHERE simple"
        for stamp, value in (("min", "max"), ("max", "min"))
    )
    con.execute(f"CREATE OR REPLACE TEMP VIEW lues AS {swept(files, recipe, rows)}")
    con.execute(
        f"""
        CREATE OR REPLACE TABLE extremes AS
        SELECT
            ligne AS groupe, compteur, pas, forme, decalage_debut, decalage_fin, unite, estime,
            min(libelle) AS premier,
            max(libelle) AS dernier,
            count(*) = 2 AND bool_and(motif = '{NONE}' AND NOT sans_energie) AS simple
        FROM ({lines.query(con)})
        GROUP BY ALL
        """
    )


def _keep_simple(con: "duckdb.DuckDBPyConnection") -> None:
    """Make `simples`: the groups of the files of which every group is plain."""
    rounded = ", ".join(literal(unit) for unit in ROUNDED)
    whole = f"""b.valeur_max::DOUBLE * b.lignes < {MOST_VALUE} AND (b.fines = 0 OR e.unite NOT IN ({rounded}))
        AND e.pas = b.longueur AND e.premier // {DAY} = b.jour AND e.dernier // {DAY} = b.jour"""
    con.execute(
        f"""
        CREATE OR REPLACE TABLE simples AS
        SELECT b.* EXCLUDE (simple, longueur, decalage_debut, decalage_fin), b.rowid AS groupe, e.* EXCLUDE (groupe)
            REPLACE (coalesce(e.simple AND {whole}, FALSE) AS simple)
        FROM balayes b LEFT JOIN extremes e ON e.groupe = b.rowid
        """
    )
    con.execute("DELETE FROM simples WHERE fichier IN (SELECT fichier FROM simples WHERE NOT simple)")


def _groups() -> str:
    """SQL of the groups of those files, with their energies."""
    sums = {"energie": "somme", "nuit": "nuit", "moindre": "valeur_min", "plus_forte": "valeur_max"}
    # Sums are narrow enough for the quick arithmetic; in two steps, since each energy asks several times for its own.
    values = ", ".join(f"{value}::DECIMAL(18, 6) AS {value}" for value in sums.values())
    micro = ", ".join(f"{lines.millionths(value)} AS {value}" for value in sums.values())
    energies = ", ".join(f"{millijoules(value, 'unite', 'pas')} AS {name}" for name, value in sums.items())
    return f"""
        SELECT
            fichier, compteur, pas, jour, partie, lignes, masque, decales, nuls, estime, {energies}, premier, dernier,
            least(decalage_debut, decalage_fin) AS decalage_min,
            greatest(decalage_debut, decalage_fin) AS decalage_max,
            ligne
        FROM (SELECT * REPLACE ({micro}) FROM (SELECT * REPLACE ({values}) FROM simples))
    """


def _group(con: "duckdb.DuckDBPyConnection", groups: str) -> None:
    """Make `groupes`, as `proving.group` does; lines of the same day with other tags may have the same slots."""
    con.execute(
        f"""
        CREATE OR REPLACE TABLE groupes AS
        SELECT
            fichier, compteur, '{NONE}'::motif_ecart AS motif, pas, jour, partie,
            sum(lignes)::BIGINT AS lignes,
            sum(energie) AS energie,
            bit_or(masque) AS masque,
            sum(decales)::BIGINT AS decales,
            sum(nuls)::BIGINT AS nuls,
            coalesce(sum(lignes) FILTER (estime), 0)::BIGINT AS estimes,
            sum(nuit) AS nuit,
            min(moindre) AS moindre,
            max(plus_forte) AS plus_forte,
            min(premier) AS premier,
            max(dernier) AS dernier,
            min(decalage_min) AS decalage_min,
            max(decalage_max) AS decalage_max,
            min(ligne) AS ligne,
            NULL::VARCHAR AS brut
        FROM ({groups})
        GROUP BY ALL
        """
    )


def _carried() -> str:
    """SQL of the lines carried along, as those of `lines.query`."""
    return f"""
        SELECT s.fichier, p.ligne, s.compteur, p.libelle, s.pas, s.forme, s.decalage_debut, s.decalage_fin,
            {lines.millionths("p.valeur")} AS micro, s.unite, FALSE AS sans_energie, s.estime,
            '{NONE}'::motif_ecart AS motif, NULL::VARCHAR AS brut
        FROM (SELECT *, unnest(portees) AS p FROM simples) s
    """
