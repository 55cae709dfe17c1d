"""Why each differing row differs, as far as published tables and ingredients tell: `causes_<table>`.

Its columns: those of `ecarts_<table>`, then `cause`, `depot`, `ligne` (the record of that deposit), `refus` (the code
of the refusal) and `nomme` (false: a row of a site no longer published in its name). Nothing but published data is
read, so nothing here can betray a protected site.
"""

from collections.abc import Mapping, Sequence

import duckdb

from greencloud.checking.sql import literal
from greencloud.differences.model import CHANGED, NEW, REMOVED, Ingredients
from greencloud.differences.rows import Joined
from greencloud.differences.snapshots import Snapshot
from greencloud.disclosure.vocabulary import HIDDEN_COLUMNS
from greencloud.tables import quote

PEERS = (
    *("groupe_pairs", "nb_pairs", "rang_pairs"),
    *("groupe_quartiles", "nb_groupe_quartiles", "pue_quartile_1_pairs", "pue_mediane_pairs", "pue_quartile_3_pairs"),
)
CARBON = (
    *("emissions_tco2e", "cue_kgco2e_par_kwh", "facteur_emission", "motif_absence_cue", "nb_sites_carbone"),
    *("economie_basse_tco2e", "economie_centrale_tco2e", "economie_haute_tco2e", "facteurs_emission"),
    *("motif_absence_tco2e", "nb_sites_sans_facteur"),
)
# Columns of the deposits that reach no published figure: their correction explains no other change.
_IDLE = ("commentaire", "proprietaire", "exploitant", "redondance_electrique", "redondance_refroidissement")
# Causes of a row of `indicateurs_annuels` that also explain the other rows of the same site and year.
_OWN = "'depot_nouveau', 'depot_retire', 'ligne_refusee', 'ligne_acceptee'"
_GROUPS = {
    "ensemble": "'ensemble'",
    "type_hebergement": "coalesce(type_hebergement, 'inconnu')",
    "categorie_organisme": "coalesce(categorie_organisme, 'inconnu')",
    "region": "coalesce(code_region, 'inconnu')",
    "classe_taille": "coalesce(classe_taille, 'TX')",
}


def prepare(con: duckdb.DuckDBPyConnection, before: Snapshot, after: Snapshot, history: Joined) -> None:
    """Make what all tables need: cards, named sites (also the list `centres_nommes`), corrections."""
    for side, edition in (("avant", before), ("apres", after)):
        con.execute(f"CREATE TABLE {side}.depots (sha256 VARCHAR)")
        con.execute(f"INSERT INTO {side}.depots SELECT unnest(CAST(? AS VARCHAR[]))", [list(edition.deposits)])
        con.execute(f"CREATE TABLE {side}.sites AS SELECT DISTINCT id_centre FROM {side}.couverture")
    con.execute("SET VARIABLE centres_nommes = coalesce((SELECT list(id_centre) FROM apres.sites), [])")
    con.execute(f"""
        CREATE TABLE corrections AS
        SELECT id_centre, annee, max_by(nouveau_depot_sha256, rang) AS depot, max_by(nouveau_depot_ligne, rang) AS ligne
        FROM (
            SELECT *,
                CAST(regexp_extract(cle, '(?:annee|date_debut)=([0-9]{{4}})', 1) AS VARCHAR) AS annee,
                (remplace_le, table_source <> 'centres', nouveau_depot_sha256, nouveau_depot_ligne) AS rang
            FROM apres.historique AS h
            SEMI JOIN ecarts_historique AS e ON e.sens <> '{REMOVED}' AND {_same("h", history.key)}
            WHERE champ NOT IN ({", ".join(map(literal, _IDLE))})
        ) GROUP BY id_centre, annee
    """)


def explain(con: duckdb.DuckDBPyConnection, joined: Joined, made_of: Ingredients) -> None:
    """Make `causes_<table>` from `ecarts_<table>`; `indicateurs_annuels` comes before the tables of totals."""
    name = joined.name
    if name in HIDDEN_COLUMNS:
        query = _totals(joined, made_of)
    elif "id_centre" in joined.key:
        query = _sites(joined, made_of)
    elif "depot_sha256" in joined.key:
        query = _refusals(joined, made_of)
    else:
        query = _select(name, _fallback(made_of))
    con.execute(f"CREATE TABLE {quote(f'causes_{name}')} AS {query}")
    if name == "indicateurs_annuels":
        _groups(con)


def _select(name: str, cause: str, others: Mapping[str, str] | None = None, joins: str = "") -> str:
    given = {"depot": "NULL::VARCHAR", "ligne": "NULL::BIGINT", "refus": "NULL::VARCHAR", "nomme": "true"}
    columns = ", ".join(f"{value} AS {column}" for column, value in {**given, **(others or {})}.items())
    return f"SELECT e.*, {cause} AS cause, {columns} FROM {quote(f'ecarts_{name}')} AS e {joins}"


def _fallback(made_of: Ingredients) -> str:
    """What is left when no row tells why: the ingredients that changed, named together when several did."""
    deposits = bool(made_of.new_deposits or made_of.gone_deposits)
    if deposits and made_of.program:
        return "'depots_ou_programme'"
    if made_of.program:
        return "'programme'"
    if deposits:
        return "'depots'"
    return "'facteurs_emission'" if made_of.factors else "'indeterminee'"


def _same(side: str, key: Sequence[str]) -> str:
    return " AND ".join(f"{side}.{quote(column)} = e.{quote(column)}" for column in key)


def _within(columns: tuple[str, ...]) -> str:
    return f"len(list_filter(e.colonnes, lambda one: one NOT IN ({', '.join(map(repr, columns))}))) = 0"


def _common(made_of: Ingredients) -> str:
    """The first branches of every CASE on a changed row."""
    factors = f"WHEN e.sens = '{CHANGED}' AND {_within(CARBON)} THEN 'facteurs_emission'" if made_of.factors else ""
    return f"""
        WHEN e.arrondi THEN 'arrondi'
        WHEN e.sens = '{CHANGED}' AND {_within(PEERS)} THEN 'pairs'
        {factors}
    """


def _sites(joined: Joined, made_of: Ingredients) -> str:
    """Tables published site by site."""
    name, traced = joined.name, "depot_sha256" in joined.columns
    if name == "historique":
        return _history(joined, made_of)
    newest = f"""
        WHEN e.sens = '{NEW}' AND e.annee NOT IN (SELECT annee FROM avant.couverture) THEN 'annee_nouvelle'
    """
    known = f"""
        WHEN e.sens <> '{REMOVED}' AND da.sha256 IS NULL
            AND y.depot_sha256 IS DISTINCT FROM x.depot_sha256 THEN 'depot_nouveau'
        WHEN e.sens = '{REMOVED}' AND db.sha256 IS NULL THEN 'depot_retire'
        WHEN e.sens = '{REMOVED}' AND r.code IS NOT NULL THEN 'ligne_refusee'
        WHEN e.sens = '{NEW}' AND q.depot_sha256 IS NOT NULL THEN 'ligne_acceptee'
    """
    cause = f"""CASE
        {_common(made_of)}
        WHEN e.sens = '{REMOVED}' AND t.id_centre IS NULL THEN 'centre_non_publie'
        WHEN e.sens = '{CHANGED}' AND coalesce(c.depot, k.depot) IS NOT NULL THEN 'correction'
        {known if traced else f"WHEN i.cause IN ({_OWN}) THEN i.cause"}
        WHEN e.sens = '{NEW}' AND s.id_centre IS NULL THEN 'centre_nouveau'
        {newest if name == "couverture" else ""}
        ELSE {_fallback(made_of)} END"""
    told = {"nomme": f"NOT (e.sens = '{REMOVED}' AND t.id_centre IS NULL)"}
    for column, mine, published in (("depot", "depot", "depot_sha256"), ("ligne", "ligne", "depot_ligne")):
        found = (
            f"WHEN cause IN ('depot_nouveau', 'ligne_acceptee') THEN y.{published} "
            f"WHEN cause IN ('depot_retire', 'ligne_refusee') THEN x.{published}"
            if traced
            else f"WHEN cause IN ({_OWN}) THEN i.{mine}"
        )
        told[column] = f"CASE WHEN cause = 'correction' THEN coalesce(c.{mine}, k.{mine}) {found} END"
    if traced:
        told["refus"] = "CASE cause WHEN 'ligne_refusee' THEN r.code END"
    return _select(name, cause, told, _around_a_site(joined, traced))


def _around_a_site(joined: Joined, traced: bool) -> str:
    """The joins of a row of a site: whether the site was and is named, its corrections, where the row comes from."""
    name = joined.name
    year = "substr(e.mois, 1, 4)" if "mois" in joined.key else "CAST(e.annee AS VARCHAR)"
    origin = f"""
        LEFT JOIN avant.{name} AS x ON {_same("x", joined.key)}
        LEFT JOIN apres.{name} AS y ON {_same("y", joined.key)}
        LEFT JOIN (SELECT depot_sha256, ligne, min(code) AS code FROM apres.rejets GROUP BY ALL) AS r
            ON r.depot_sha256 = x.depot_sha256 AND r.ligne = x.depot_ligne
        LEFT JOIN (SELECT DISTINCT depot_sha256, ligne FROM avant.rejets) AS q
            ON q.depot_sha256 = y.depot_sha256 AND q.ligne = y.depot_ligne
        LEFT JOIN avant.depots AS da ON da.sha256 = y.depot_sha256
        LEFT JOIN apres.depots AS db ON db.sha256 = x.depot_sha256
    """
    inherited = f"LEFT JOIN causes_indicateurs_annuels AS i ON i.id_centre = e.id_centre AND i.annee = {year}"
    return f"""
        LEFT JOIN avant.sites AS s ON s.id_centre = e.id_centre
        LEFT JOIN apres.sites AS t ON t.id_centre = e.id_centre
        LEFT JOIN corrections AS c ON c.id_centre = e.id_centre AND c.annee = {year}
        LEFT JOIN corrections AS k ON k.id_centre = e.id_centre AND k.annee = ''
        {origin if traced else inherited}
    """


def _history(joined: Joined, made_of: Ingredients) -> str:
    """Superseded values: a new one is a correction, and names the line that made it."""
    joins = f"""
        LEFT JOIN apres.sites AS t ON t.id_centre = e.id_centre
        LEFT JOIN apres.historique AS y ON {_same("y", joined.key)}
        LEFT JOIN avant.depots AS da ON da.sha256 = y.nouveau_depot_sha256
        LEFT JOIN apres.depots AS db ON db.sha256 = e.ancien_depot_sha256
    """
    cause = f"""CASE
        WHEN e.sens = '{REMOVED}' AND t.id_centre IS NULL THEN 'centre_non_publie'
        WHEN e.sens = '{REMOVED}' AND db.sha256 IS NULL THEN 'depot_retire'
        WHEN e.sens <> '{REMOVED}' AND da.sha256 IS NULL THEN 'correction'
        ELSE {_fallback(made_of)} END"""
    told = {
        "nomme": f"NOT (e.sens = '{REMOVED}' AND t.id_centre IS NULL)",
        "depot": "CASE cause WHEN 'correction' THEN y.nouveau_depot_sha256 "
        "WHEN 'depot_retire' THEN e.ancien_depot_sha256 END",
        "ligne": "CASE cause WHEN 'correction' THEN y.nouveau_depot_ligne END",
    }
    return _select("historique", cause, told, joins)


def _refusals(joined: Joined, made_of: Ingredients) -> str:
    cause = f"""CASE
        WHEN da.sha256 IS NULL THEN 'depot_nouveau'
        WHEN db.sha256 IS NULL THEN 'depot_retire'
        ELSE {_fallback(made_of)} END"""
    joins = f"""
        LEFT JOIN apres.{joined.name} AS y ON {_same("y", joined.key)}
        LEFT JOIN avant.depots AS da ON da.sha256 = e.depot_sha256
        LEFT JOIN apres.depots AS db ON db.sha256 = e.depot_sha256
    """
    told = {"depot": "e.depot_sha256", "ligne": "y.ligne", "refus": "y.code"}
    return _select(joined.name, cause, told, joins)


def _totals(joined: Joined, made_of: Ingredients) -> str:
    """Tables of totals: secrecy first, then the sites published in their name in the same group and year."""
    joins = f"""
        LEFT JOIN avant.{joined.name} AS x ON {_same("x", joined.key)}
        LEFT JOIN apres.{joined.name} AS y ON {_same("y", joined.key)}
        LEFT JOIN groupes_modifies AS g ON g.annee IN (e.annee, e.annee - {1 if "evolutions" in joined.name else 0})
            AND g.synthetique = e.synthetique AND g.dimension = e.dimension AND g.modalite = e.modalite
    """
    hidden = "diffusion LIKE 'secret%'"
    cause = f"""CASE
        {_common(made_of)}
        WHEN x.diffusion IS DISTINCT FROM y.diffusion AND e.sens = '{CHANGED}' AND (x.{hidden} OR y.{hidden})
            THEN 'secret'
        WHEN g.annee IS NOT NULL THEN 'groupe'
        ELSE {_fallback(made_of)} END"""
    only = literal(made_of.only_deposit) if made_of.only_deposit else "NULL::VARCHAR"
    told = {"depot": f"CASE WHEN cause IN ('groupe', 'depots') THEN {only} END"}
    # Two years of a group may both match: one row is enough.
    ranked = f"QUALIFY row_number() OVER (PARTITION BY {', '.join(f'e.{column}' for column in joined.key)}) = 1"
    return f"{_select(joined.name, cause, told, joins)} {ranked}"


def _groups(con: duckdb.DuckDBPyConnection) -> None:
    """`groupes_modifies`: the groups and years of which a site published in its name changed, came or went."""
    dimensions = ", ".join(f"'{name}'" for name in _GROUPS)
    idle = (*PEERS, "avertissements", "commentaire", "nom_site", "organisme")
    con.execute(f"""
        CREATE TABLE groupes_modifies AS
        SELECT DISTINCT annee, synthetique,
            unnest([{dimensions}]) AS dimension, unnest([{", ".join(_GROUPS.values())}]) AS modalite
        FROM (
            SELECT i.* FROM (
                FROM avant.indicateurs_annuels UNION ALL BY NAME FROM apres.indicateurs_annuels
            ) AS i
            INNER JOIN causes_indicateurs_annuels AS e ON e.id_centre = i.id_centre AND e.annee = i.annee
            WHERE e.sens <> '{CHANGED}' OR NOT (e.arrondi OR {_within(idle)})
        )
    """)
