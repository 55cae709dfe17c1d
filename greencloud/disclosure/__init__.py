"""Statistical secrecy: which totals may be shown, and which rows are withheld.

A site is published in its name (`mode_publication` nominatif, the default), or counts only in totals (agrege, exempt):
it is then protected, and this package sees to it that nothing published betrays its energy, nor its counts of the
cloud observatory.

- Withheld: the rows of protected sites in every table published site by site (`withholding`), and what other sites have
  of the meters of a protected one: their months; their years are not made of them (`sql/_releves_annuels.sql`).
- Primary: a row of totals is shown if it rests on at least three sites, none of which weighs more than 85 %; and,
  since everybody can subtract the nominative sites, if what is left holds no protected site, or at least three under
  the same condition (`cells`). Three sites: Annex IV of Delegated Regulation (EU) 2024/1364 (secondary); the rest is a
  choice of the project.
- Complementary: linear programmes over all that is shown, in every table of totals and every earlier edition still
  there, look for a protected number that can be bounded within 15 % of itself, above or below; what takes part in it
  is hidden, the smallest first, until they find none (`attack`, `suppression`, `earlier`). `tests/secrecy` holds an
  auditor that shares no line with it.

What it does not protect. A nominative site: its rows are public. That a site exists and in which groups it counts:
supposed known. What others know besides: a protected site that subtracts itself, partners who pool their figures, an
installed power read elsewhere. What an earlier edition has shown: hiding it today brings nothing back, and a site that
becomes protected stays named in it. Deposits that carry the name of a protected site in their file name. Order
statistics and ratios that are no sum (distribution, WUE, ERF, REF, coverage by power) rest on nominative sites only,
and so do the sums of evolutions_annuelles at constant perimeter: their difference with the current ones is nobody's.
"""

from collections.abc import Sequence

import duckdb

from greencloud.disclosure.cells import PROTECTED, Judged, judge, key, nominative, requirements, residuals
from greencloud.disclosure.earlier import Computed, Earlier, Memory
from greencloud.disclosure.sums import CELL, Part, Publication
from greencloud.disclosure.suppression import complete
from greencloud.disclosure.vocabulary import (
    COMPLEMENTARY,
    EMPTY,
    HIDDEN_COLUMNS,
    LEAST,
    NOMINATIVE_ONLY,
    PARTS,
    PRIMARY,
    SHOWN,
    THRESHOLD,
    VALUES,
    columns,
)
from greencloud.disclosure.withholding import withhold
from greencloud.tables import quote

__all__ = [
    "COMPLEMENTARY",
    "EMPTY",
    "HIDDEN_COLUMNS",
    "NOMINATIVE_ONLY",
    "PRIMARY",
    "PROTECTED",
    "SHOWN",
    "THRESHOLD",
    "Earlier",
    "protect",
]


def protect(con: duckdb.DuckDBPyConnection, earlier: Sequence[Earlier] = ()) -> None:
    """Hide what secrecy hides in the tables of totals, and withhold the rows of protected sites.

    `con` holds the tables of all the steps; `earlier`: the editions published before, newest first. Leaves
    `_lignes_retirees` and `_parties_masquees` behind, which say how much was hidden.
    """
    judged, publication = _question(con, earlier)
    primary = {item.part for item in judged if not item.safe}
    primary |= _few_better(con)
    primary |= {part for part, needed in publication.requires.items() if part.nom == CELL and primary & {*needed}}
    hidden = complete(publication, primary, LEAST)
    con.execute("CREATE OR REPLACE TABLE _parties_masquees (nom_table VARCHAR, synthetique BOOLEAN, nb_lignes BIGINT)")
    for table in HIDDEN_COLUMNS:
        here = sorted(part for part in hidden if part.table == table)
        rows = [part for part in here if part.nom == CELL]
        _hide_rows(con, table, PRIMARY, [part.cle for part in rows if part in primary])
        _hide_rows(con, table, COMPLEMENTARY, [part.cle for part in rows if part not in primary])
        _hide_parts(con, table, here)
    withhold(con)


def _few_better(con: duckdb.DuckDBPyConnection) -> set[Part]:
    """Savings of groups of one or two sites: those that do better than the target are in no sum, and yet are told."""
    few = f"SELECT {key('economies')} FROM economies WHERE nb_sites_comparables BETWEEN 1 AND {THRESHOLD - 1}"
    return {Part("economies", cle) for (cle,) in con.execute(f"{few} AND nb_sites_deja_mieux > 0").fetchall()}


def _question(con: duckdb.DuckDBPyConnection, earlier: Sequence[Earlier]) -> tuple[list[Judged], Publication]:
    """The parts judged one by one, and what complementary suppression has to decide."""
    now = Computed.of(con)
    known = [term for sums in now.terms.values() for term in sums]
    public = nominative(con).union(*(edition.named for edition in earlier))
    values = {term.quantity: term.valeur for term in known}
    secret = {quantity: value for quantity, value in values.items() if (quantity, value) not in public}
    memory = Memory(now, secret, public)
    for edition in earlier:
        memory.learn(edition)
    judged = [item._replace(safe=item.safe and item.part not in memory.too_close) for item in judge(con, secret)]
    required = requirements(con)
    sizes = dict.fromkeys(required, 0) | {item.part: item.sites for item in judged}
    return judged, Publication(memory.values, [*residuals(known, secret), *memory.sums], sizes, required)


def _hide_rows(con: duckdb.DuckDBPyConnection, table: str, code: str, cles: Sequence[str]) -> None:
    """Empty the hidden rows; a row without data has nothing to hide, whatever it depends on."""
    values = ", ".join(quote(column) for column in VALUES[table])
    emptied = ", ".join(f"{quote(column)} = NULL" for column in HIDDEN_COLUMNS[table])
    con.execute(
        f"UPDATE {quote(table)} SET diffusion = '{EMPTY}' WHERE diffusion = '{SHOWN}' AND coalesce({values}) IS NULL"
    )
    con.execute(
        f"UPDATE {quote(table)} SET diffusion = '{code}', {emptied} WHERE diffusion = '{SHOWN}' AND {_among(table)}",
        {"cles": cles},
    )


def _hide_parts(con: duckdb.DuckDBPyConnection, table: str, parts: Sequence[Part]) -> None:
    """Empty a few columns of rows that are shown, and count the rows that had something there."""
    for name in PARTS[table]:
        here = {"cles": [part.cle for part in parts if part.nom == name]}
        among = _among(table)
        given = f"coalesce({', '.join(quote(column) for column in columns(table, name))}) IS NOT NULL"
        con.execute(
            f"INSERT INTO _parties_masquees SELECT '{table}', synthetique, count(*) FROM {quote(table)} "
            f"WHERE {among} AND {given} GROUP BY synthetique ORDER BY synthetique",
            here,
        )
        emptied = ", ".join(f"{quote(column)} = NULL" for column in columns(table, name))
        con.execute(f"UPDATE {quote(table)} SET {emptied} WHERE {among}", here)


def _among(table: str) -> str:
    """SQL that picks the rows whose keys are in the list `$cles`."""
    return f"{key(table)} IN (SELECT unnest(CAST($cles AS VARCHAR[])))"
