"""From the warehouse to the question that secrecy answers: which sums are published, of whom, and which stand alone."""

from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

import duckdb

from greencloud import tables
from greencloud.disclosure.sums import CELL, IT, TOTAL, Part, Quantity, Sum
from greencloud.disclosure.vocabulary import DOMINANCE, HIDDEN_COLUMNS, PARTS, THRESHOLD
from greencloud.tables import quote

PROTECTED = "s.protege"
"""SQL: the site `s` of `_sites` counts only in totals, under any of the numbers it bore."""

_NOMINATIVE_ROWS = (
    "(SELECT i.* FROM indicateurs_annuels AS i INNER JOIN _sites AS s ON s.id_centre = i.id_centre "
    f"WHERE NOT {PROTECTED})"
)
_NAMED = (TOTAL, IT, "nb_machines_virtuelles", "nb_serveurs_physiques", "stockage_utile_to")

# A site has one energy or both in a sum: two terms, whose order changes nothing. fsum keeps the rounding of the others
# below what their order could change, and costs a tenth of an ordered sum.
_JUDGED = """
    WITH apports AS (
        SELECT
            p.nom_table,
            p.cle,
            p.partie,
            p.somme,
            p.id_centre,
            sum(p.coefficient * p.valeur) AS apport,
            bool_or(s.id_centre IS NOT NULL) AS secret
        FROM _sommes_publiees AS p
        LEFT JOIN _secrets AS s ON s.id_centre = p.id_centre AND s.annee = p.annee AND s.grandeur = p.grandeur
        GROUP BY p.nom_table, p.cle, p.partie, p.somme, p.id_centre
    ),

    sommes AS (
        SELECT
            nom_table,
            cle,
            partie,
            count(*) AS nb_sites,
            count(*) FILTER (secret) AS nb_secrets,
            max(apport) <= $dominance * fsum(apport) AS melangee,
            max(apport) FILTER (secret) <= $dominance * fsum(apport) FILTER (secret) AS reste_melange
        FROM apports
        GROUP BY nom_table, cle, partie, somme
    )

    SELECT
        nom_table,
        cle,
        partie,
        max(nb_sites),
        bool_and(
            nb_sites >= $threshold AND melangee AND (nb_secrets = 0 OR (nb_secrets >= $threshold AND reste_melange))
        )
    FROM sommes
    GROUP BY nom_table, cle, partie
    ORDER BY nom_table, cle, partie
"""


class Term(NamedTuple):
    """One protected site in one sum, as `_sommes_publiees` gives it."""

    part: Part
    somme: str
    quantity: Quantity
    coefficient: float
    valeur: float


class Judged(NamedTuple):
    """A part that holds sites: how many, and whether its own sums betray nobody by themselves."""

    part: Part
    sites: int
    safe: bool


def terms(con: duckdb.DuckDBPyConnection) -> Iterator[Term]:
    """What protected sites add to the published sums, in a fixed order; the others are published in their name."""
    for table, cle, partie, somme, annee, grandeur, site, coefficient, valeur in con.execute(
        "SELECT p.nom_table, p.cle, p.partie, p.somme, p.annee, p.grandeur, p.id_centre, p.coefficient, p.valeur "
        "FROM _sommes_publiees AS p INNER JOIN _sites AS s ON s.id_centre = p.id_centre "
        f"WHERE {PROTECTED} ORDER BY ALL"
    ).fetchall():
        yield Term(Part(table, cle, partie), somme, Quantity(site, annee, grandeur), coefficient, valeur)


def judge(con: duckdb.DuckDBPyConnection, secret: Iterable[Quantity]) -> list[Judged]:
    """The primary rules, part by part; `secret`: the numbers to protect.

    A part is safe when each of its sums holds at least three sites, none of which weighs more than 85 %, and when what
    is left of it without the nominative sites holds nobody, or as many sites under the same condition.
    """
    listed = sorted(secret)
    con.execute(
        "CREATE OR REPLACE TABLE _secrets AS SELECT unnest(CAST($sites AS VARCHAR[])) AS id_centre, "
        "unnest(CAST($years AS BIGINT[])) AS annee, unnest(CAST($names AS VARCHAR[])) AS grandeur",
        {
            "sites": [item.id_centre for item in listed],
            "years": [item.annee for item in listed],
            "names": [item.grandeur for item in listed],
        },
    )
    rows = con.execute(_JUDGED, {"threshold": THRESHOLD, "dominance": DOMINANCE}).fetchall()
    return [Judged(Part(table, cle, partie), sites, safe) for table, cle, partie, sites, safe in rows]


def nominative(con: duckdb.DuckDBPyConnection) -> frozenset[tuple[Quantity, float]]:
    """What this edition will publish under the name of a site."""
    return frozenset(named(con, _NOMINATIVE_ROWS))


def named(con: duckdb.DuckDBPyConnection, source: str) -> Iterator[tuple[Quantity, float]]:
    """The quantities that rows shaped like `indicateurs_annuels` give of each site and year."""
    names = [name for name in _NAMED if name in con.sql(f"FROM {source}").columns]
    for site, year, *values in con.execute(f"SELECT id_centre, annee, {', '.join(names)} FROM {source}").fetchall():
        yield from ((Quantity(site, year, name), value) for name, value in zip(names, values, strict=True))


def residuals(known: Iterable[Term], secret: Container[Quantity]) -> list[Sum]:
    """What each sum gives away once everybody has subtracted what is published site by site."""
    sums: dict[tuple[Part, str], dict[Quantity, float]] = {}
    for term in known:
        if term.quantity in secret:
            sums.setdefault((term.part, term.somme), {})[term.quantity] = term.coefficient
    return [Sum(part, coefficients) for (part, _), coefficients in sums.items()]


def key(table: str) -> str:
    """SQL that writes the key of a published row as `_sommes_publiees` does."""
    return f"concat_ws(';', {', '.join(quote(name) for name in tables.table(table).primary_key)})"


def requirements(con: duckdb.DuckDBPyConnection) -> dict[Part, tuple[Part, ...]]:
    """The parts without which another one is not shown: its row, and the rows that it repeats or divides by."""
    required: dict[Part, tuple[Part, ...]] = {}
    for table in HIDDEN_COLUMNS:
        for (cle,) in con.execute(f"SELECT {key(table)} FROM {quote(table)} ORDER BY ALL").fetchall():
            required |= {Part(table, cle, name): (Part(table, cle),) for name in PARTS[table]}
    # An evolution repeats the current perimeters of both years, cells of agregats_annuels.
    for cle, *cells in con.execute(
        f"SELECT {key('evolutions_annuelles')}, concat_ws(';', annee - 1, synthetique, dimension, modalite), "
        "concat_ws(';', annee, synthetique, dimension, modalite) FROM evolutions_annuelles ORDER BY ALL"
    ).fetchall():
        required[Part("evolutions_annuelles", cle)] = tuple(Part("agregats_annuels", cell) for cell in cells)
    # A share of the whole, beside the part, gives the whole.
    for cle, whole in con.execute(
        f"SELECT {key('observatoire_cloud')}, concat_ws(';', annee, synthetique, indicateur, 'ensemble', 'ensemble') "
        "FROM observatoire_cloud ORDER BY ALL"
    ).fetchall():
        required[Part("observatoire_cloud", cle, "part")] += (Part("observatoire_cloud", whole, CELL),)
    return required
