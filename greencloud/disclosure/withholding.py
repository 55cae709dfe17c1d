"""Sites that count only in totals: their own rows leave every published table."""

import duckdb

from greencloud import tables
from greencloud.disclosure.cells import PROTECTED
from greencloud.tables import quote

_UNSAID = (
    "La ligne parle d'un centre qui ne compte que dans les totaux, ou d'un centre ou d'un compteur que le registre ne "
    "connaît pas : sa valeur et son motif ne sont pas publiés."
)
_UNNAMED = "(nom non publié)"
_FIX = "Vérifiez que le registre a ce centre et ce compteur, puis lisez le rapport de contrôle remis au déclarant."
_MASKED = "rejets"

# The lines refused for a protected site, or that may be one's: its number stands in what is said, or the register does
# not know the number; and those that compare a host with all its guests, of whom one may be protected.
_REFUSED = """
    SELECT r.depot_sha256, r.numero, coalesce(min(p.motif), 'site_agrege') AS motif
    FROM (
        SELECT
            *,
            row_number() OVER (PARTITION BY depot_sha256 ORDER BY numero) AS rang,
            id_centre NOT IN (SELECT id_centre FROM centres) AS inconnu
        FROM anomalies
        WHERE niveau = 'erreur'
    ) AS a
    INNER JOIN rejets AS r ON r.depot_sha256 = a.depot_sha256 AND r.numero = a.rang
    LEFT JOIN _sites_retires AS p
        ON p.id_centre = a.id_centre
        OR contains(a.message || coalesce(a.valeur, ''), p.id_centre)
        OR a.code = 'hebergement_incoherent'
    WHERE p.id_centre IS NOT NULL OR a.inconnu
    GROUP BY r.depot_sha256, r.numero
    UNION
    SELECT r.depot_sha256, r.numero, p.motif
    FROM rejets AS r
    INNER JOIN _releves_retires AS p ON p.depot_sha256 = r.depot_sha256
"""

# The files of readings with a meter of a protected site, or that may be one's: what is set aside of them tells kWh.
_READINGS = """
    SELECT r.depot_sha256, coalesce(min(p.motif), 'site_agrege') AS motif
    FROM (
        SELECT depot_sha256, emetteur, synthetique, compteur FROM releves
        UNION
        SELECT depot_sha256, emetteur, synthetique, compteur FROM releves_ecartes
    ) AS r
    LEFT JOIN emplois_compteurs AS e
        ON e.emetteur IS NOT DISTINCT FROM r.emetteur AND e.synthetique = r.synthetique AND e.id_compteur = r.compteur
    LEFT JOIN _sites_retires AS p ON p.id_centre = e.id_centre
    WHERE e.id_centre IS NULL OR p.id_centre IS NOT NULL
    GROUP BY r.depot_sha256
"""

# A month that somebody deposited line by line is not made of meters.
_OF_METERS = {
    "mesures_mensuelles": "true",
    "rapprochements": "true",
    "consommations_mensuelles": """NOT EXISTS (
        FROM consommations AS c
        WHERE c.id_centre = t.id_centre AND c.poste = t.poste
            AND strftime(c.date_debut, '%Y-%m') <= t.mois AND strftime(c.date_fin, '%Y-%m') >= t.mois
    )""",
}

# A site said to have the very energies of another, which is nowhere to be seen, gives those of a protected one.
_LONE_TWINS = """
    UPDATE indicateurs_annuels AS i
    SET avertissements = nullif(array_to_string(
        list_filter(string_split(avertissements, '|'), lambda code: code <> 'energies_identiques_deux_sites'), '|'
    ), '')
    WHERE contains(avertissements, 'energies_identiques_deux_sites') AND NOT EXISTS (
        FROM indicateurs_annuels AS o
        WHERE o.id_centre <> i.id_centre AND o.annee = i.annee AND o.synthetique = i.synthetique
            AND o.energie_totale_kwh = i.energie_totale_kwh AND o.energie_it_kwh = i.energie_it_kwh
    )
"""


def withhold(con: duckdb.DuckDBPyConnection) -> None:
    """Remove the rows of protected sites from the published tables, and what `rejets` quotes of theirs.

    Leaves `_lignes_retirees` behind: nom_table, synthetique, motif (site_agrege, site_exempte), nb_lignes. Why an
    exempt site is exempt is not said: there are so few of them that it would name them.
    """
    con.execute(
        "CREATE OR REPLACE TABLE _sites_retires AS "
        "SELECT s.id_centre, CASE WHEN bool_or(s.mode_publication LIKE 'exempte%') OVER (PARTITION BY s.id_site) "
        f"THEN 'site_exempte' ELSE 'site_agrege' END AS motif FROM _sites AS s WHERE {PROTECTED} ORDER BY s.id_centre"
    )
    con.execute(
        "CREATE OR REPLACE TABLE _lignes_retirees "
        "(nom_table VARCHAR, synthetique BOOLEAN, motif VARCHAR, nb_lignes BIGINT)"
    )
    for name in tables.PUBLISHED:
        if "id_centre" in tables.table(name).column_names:
            _remove(con, name)
    _remove_shared(con)
    # A nominative guest that names its host in its own history would name a protected site.
    con.execute(
        "DELETE FROM historique WHERE champ IN ('heberge_chez', 'ancien_id_centre') AND ("
        "ancienne_valeur IN (SELECT id_centre FROM _sites_retires) "
        "OR nouvelle_valeur IN (SELECT id_centre FROM _sites_retires))"
    )
    _silence(con)
    _unname(con)
    con.execute(_LONE_TWINS)


def _remove(con: duckdb.DuckDBPyConnection, name: str) -> None:
    con.execute(
        f"INSERT INTO _lignes_retirees SELECT '{name}', t.synthetique, p.motif, count(*) FROM {quote(name)} AS t "
        "INNER JOIN _sites_retires AS p ON p.id_centre = t.id_centre GROUP BY ALL ORDER BY ALL"
    )
    con.execute(f"DELETE FROM {quote(name)} WHERE id_centre IN (SELECT id_centre FROM _sites_retires)")


def _remove_shared(con: duckdb.DuckDBPyConnection) -> None:
    """What a nominative site has of the meters of a protected one leaves too, and the PUE that would give it."""
    con.execute(
        "CREATE OR REPLACE TABLE _postes_retires AS SELECT s.id_centre, s.poste, min(p.motif) AS motif "
        "FROM _postes_partages AS s INNER JOIN _sites_retires AS p ON p.id_centre = s.id_protege "
        "GROUP BY s.id_centre, s.poste"
    )
    same = "p.id_centre = t.id_centre AND p.poste = t.poste"
    for name, made in _OF_METERS.items():
        con.execute(
            f"INSERT INTO _lignes_retirees SELECT '{name}', t.synthetique, p.motif, count(*) FROM {name} AS t "
            f"INNER JOIN _postes_retires AS p ON {same} WHERE {made} GROUP BY ALL ORDER BY ALL"
        )
        con.execute(f"DELETE FROM {name} AS t WHERE {made} AND EXISTS (FROM _postes_retires AS p WHERE {same})")
    con.execute(
        "UPDATE mesures_mensuelles SET pue = NULL, categorie_mesure_it = NULL "
        "WHERE id_centre IN (SELECT id_centre FROM _postes_retires WHERE poste = 'it')"
    )


def _silence(con: duckdb.DuckDBPyConnection) -> None:
    """A refused line stays, so that its declarant finds it, but says nothing of its site."""
    con.execute(f"CREATE OR REPLACE TABLE _releves_retires AS {_READINGS}")
    con.execute(f"CREATE OR REPLACE TABLE _refus_retires AS {_REFUSED}")
    con.execute(
        f"INSERT INTO _lignes_retirees SELECT '{_MASKED}', r.synthetique, p.motif, count(*) FROM rejets AS r "
        "INNER JOIN _refus_retires AS p ON p.depot_sha256 = r.depot_sha256 AND p.numero = r.numero "
        "GROUP BY ALL ORDER BY ALL"
    )
    con.execute(
        "UPDATE rejets SET valeur = NULL, message = $message, correction = $fix FROM _refus_retires AS p "
        "WHERE p.depot_sha256 = rejets.depot_sha256 AND p.numero = rejets.numero",
        {"message": _UNSAID, "fix": _FIX},
    )


def _unname(con: duckdb.DuckDBPyConnection) -> None:
    """The name of a real file may tell of the protected sites it holds: accepted, refused as far as known, replaced."""
    held = " UNION ".join(
        f"SELECT depot_sha256 FROM {quote(f'{name}{kind}')} WHERE id_centre IN (SELECT id_centre FROM _sites_retires)"
        for name in tables.INPUTS
        for kind in ("", "_remplaces")
    )
    con.execute(
        "UPDATE rejets SET nom_fichier = $name WHERE NOT synthetique "
        f"AND depot_sha256 IN ({held} UNION SELECT depot_sha256 FROM _releves_retires "
        "UNION SELECT p.depot_sha256 FROM _refus_retires AS p INNER JOIN rejets AS r "
        "ON r.depot_sha256 = p.depot_sha256 AND r.numero = p.numero WHERE r.ligne IS NOT NULL)",
        {"name": _UNNAMED},
    )
