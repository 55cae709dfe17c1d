"""From the lines of files to their partial sums and to the report on each file, all within the database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greencloud.checking.sql import literal
from greencloud.readings import clock, conventions, findings, judging, lines, partials, proving, sweeping, zones
from greencloud.readings.energy import MOST_MJ
from greencloud.readings.motives import NONE
from greencloud.readings.sources import Convention

if TYPE_CHECKING:
    import duckdb

    from greencloud.checking.report import Finding, Note
    from greencloud.readings.formats.laying import Laid
    from greencloud.readings.formats.views import Recipe

_DAMAGED = r"\d([.,]\d+)?[eE]\+?\d{1,2}"
"""A number of a meter that a spreadsheet took for a quantity."""

_HOLES = """
    WITH jours AS (
        SELECT fichier, compteur, date_debut AS jour, sum(secondes) < max(secondes_attendues) AS incomplet
        FROM partiels WHERE nature = 'jour' GROUP BY ALL
    ),
    suites AS (
        SELECT j.*, CASE WHEN p.compteur IS NULL
            THEN lead(jour) OVER (PARTITION BY j.fichier, j.compteur ORDER BY jour) - jour - 1 ELSE 0 END AS absents
        FROM jours j
        LEFT JOIN (SELECT DISTINCT fichier, compteur FROM partiels WHERE nature = 'periode') p
        ON p.fichier = j.fichier AND p.compteur = j.compteur
    )
    SELECT fichier, count(DISTINCT compteur), count(*) FILTER (incomplet), coalesce(sum(absents), 0)::BIGINT,
        min(CASE WHEN incomplet THEN jour ELSE jour + 1 END),
        max(jour + coalesce(absents, 0)::INTEGER)
    FROM suites
    WHERE incomplet OR absents > 0
    GROUP BY fichier
"""
"""Days between the first and the last one of a meter of which slots are missing; a period may cover those it lacks."""


@dataclass
class Outcome:
    """What was found in one file: lines, those kept, energies in mJ, and what its depositor is told."""

    rows: int = 0
    accepted: int = 0
    kept_mj: int = 0
    aside_mj: int = 0
    errors: "tuple[Finding, ...]" = ()
    warnings: "tuple[Finding, ...]" = ()
    notes: "tuple[Note, ...]" = ()


def judge(
    con: "duckdb.DuckDBPyConnection",
    told: Mapping[int, Sequence[Convention]],
    defaults: Convention,
    first: int | None = None,
) -> dict[int, Outcome]:
    """Make `partiels` of the view `lues`, and say what was found in each file, by its place.

    `told`: what is known of the meters of each file, by its place; `first`: the number of the first line, where lines
    come without numbers, from one file and in order. Raises duckdb.Error when a file cannot be read.
    """
    lines.create_types(con)
    conventions.create(con, told, defaults)
    lines.create(con, first)
    proving.group(con)
    return _concluded(con, list(told))


def sweep(
    con: "duckdb.DuckDBPyConnection",
    files: "Sequence[Laid]",
    recipe: "Recipe",
    told: Mapping[int, Sequence[Convention]],
    defaults: Convention,
) -> dict[int, Outcome]:
    """The same of files that are plain, swiftly; the others are not in `partiels` nor in what comes back."""
    lines.create_types(con)
    conventions.create(con, told, defaults)
    zones.create_days(con, conventions.zones(con))
    plain = sweeping.create(con, files, recipe)
    return _concluded(con, plain) if plain else {}


def _concluded(con: "duckdb.DuckDBPyConnection", places: Iterable[int]) -> dict[int, Outcome]:
    """Make `partiels` of `groupes` and `lignes`."""
    outcomes = {place: Outcome() for place in places}
    for place, rows in con.execute("SELECT fichier, sum(lignes)::BIGINT FROM groupes GROUP BY fichier").fetchall():
        outcomes[place].rows = rows
    proving.meters(con)
    refused = _refuse(con)
    zones.create_days(con, conventions.zones(con))
    proving.prove(con)
    clock.place(con)
    judging.judge(con)
    partials.create(con)
    _count(con, outcomes)
    _tell(con, outcomes)
    for place, finding in refused:
        outcomes[place].errors += (finding,)
    return outcomes


def _refuse(con: "duckdb.DuckDBPyConnection") -> "list[tuple[int, Finding]]":
    """Take out the files of which a meter holds more than can be added up; what they are told."""
    found = con.execute(
        f"""
        SELECT g.fichier, g.compteur, c.numero, min(g.ligne)
        FROM groupes g
        INNER JOIN compteurs_lus c ON c.fichier = g.fichier AND c.compteur IS NOT DISTINCT FROM g.compteur
        GROUP BY ALL
        HAVING sum(greatest(abs(moindre::DOUBLE), abs(plus_forte::DOUBLE)) * lignes) > {MOST_MJ}
        ORDER BY ALL
        """
    ).fetchall()
    for place in {row[0] for row in found}:
        con.execute(f"DELETE FROM groupes WHERE fichier = {place}")
    return [(place, findings.excessive(meter, number, row)) for place, meter, number, row in found]


def _count(con: "duckdb.DuckDBPyConnection", outcomes: Mapping[int, Outcome]) -> None:
    sums = con.execute(
        """
        SELECT fichier,
            sum(creneaux) FILTER (nature <> 'ecart')::BIGINT,
            coalesce(sum(energie_mj) FILTER (nature <> 'ecart'), 0),
            coalesce(sum(energie_mj) FILTER (nature = 'ecart'), 0),
            count(DISTINCT compteur) FILTER (nature <> 'ecart'),
            count(*) FILTER (nature = 'jour'),
            count(*) FILTER (nature = 'periode'),
            min(date_debut) FILTER (nature <> 'ecart'),
            max(date_fin) FILTER (nature <> 'ecart')
        FROM partiels
        GROUP BY fichier
        """
    ).fetchall()
    for place, accepted, kept, aside, meters, days, periods, first, last in sums:
        outcome = outcomes[place]
        outcome.accepted, outcome.kept_mj, outcome.aside_mj = accepted or 0, int(kept), int(aside)
        outcome.notes = tuple(findings.kept(meters, days, periods, first, last, int(kept)))
    for place, *holes in con.execute(_HOLES).fetchall():
        outcomes[place].notes += (findings.holes(*holes),)


def _tell(con: "duckdb.DuckDBPyConnection", outcomes: Mapping[int, Outcome]) -> None:
    found = con.execute(
        f"""
        WITH ecrits AS (
            SELECT fichier, compteur, motif::VARCHAR AS motif, arg_min_null(brut, ligne) AS brut
            FROM groupes WHERE motif <> '{NONE}' GROUP BY ALL
        ),
        ranges AS (
            SELECT fichier, compteur, motif, min(ligne, {findings.SHOWN_LINES}) AS lignes
            FROM juges WHERE motif <> '{NONE}' GROUP BY ALL
        )
        SELECT p.fichier, p.motif, p.compteur, c.numero, min(p.depot_ligne), sum(p.creneaux)::BIGINT,
            sum(p.energie_mj), any_value(e.brut), any_value(r.lignes)
        FROM partiels p
        INNER JOIN compteurs_lus c ON c.fichier = p.fichier AND c.compteur IS NOT DISTINCT FROM p.compteur
        LEFT JOIN ecrits e
        ON e.fichier = p.fichier AND e.compteur IS NOT DISTINCT FROM p.compteur AND e.motif = p.motif
        LEFT JOIN ranges r ON r.fichier = p.fichier AND r.compteur = p.compteur AND r.motif = p.motif
        WHERE p.nature = 'ecart'
        GROUP BY ALL
        ORDER BY ALL
        """
    ).fetchall()
    asides: dict[int, list[findings.Aside]] = {}
    for place, motive, meter, number, row, count, energy, written, rows in found:
        millijoules = None if energy is None else int(energy)
        aside = findings.Aside(motive, meter, number, row, count, millijoules, written, rows or ())
        asides.setdefault(place, []).append(aside)
    for place, several in asides.items():
        outcome = outcomes[place]
        outcome.errors = tuple(findings.finding(aside) for aside in several if not findings.harmless(aside))
        outcome.warnings = tuple(findings.finding(aside) for aside in several if findings.harmless(aside))
    damaged = f"regexp_full_match(compteur, {literal(_DAMAGED)})"
    query = f"SELECT fichier, compteur, numero FROM compteurs_lus WHERE {damaged} ORDER BY ALL"
    for place, meter, number in con.execute(query).fetchall():
        outcomes[place].warnings += (findings.damaged(meter, number),)
