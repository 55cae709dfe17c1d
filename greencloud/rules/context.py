"""What a row alone does not say: the site's other years, the register, the other sites, the deposit, the references.

`declarations` and `centres` give the SQL of a relation with every column of the table and those of `COLUMNS`. Real and
synthetic rows never see each other. A design figure or a power passed off as an energy is not a year of a history.
"""

from collections.abc import Mapping

from greencloud.rules.grandeurs import measured
from greencloud.rules.rule import Sight

COLUMNS: Mapping[str, Mapping[Sight, Mapping[str, str]]] = {
    "declarations": {
        "depot": {"depot_recu_le": "DATE"},
        "registre": {
            "usage_principal": "VARCHAR",
            "heberge_chez": "VARCHAR",
            "nom_site": "VARCHAR",
            "siret": "VARCHAR",
            "puissance_au_registre": "BOOLEAN",
        },
        "annees": {
            "energie_totale_kwh_prec": "DOUBLE",
            "energie_it_kwh_prec": "DOUBLE",
            "annee_complete_prec": "BOOLEAN",
            "energie_totale_kwh_repere": "DOUBLE",
            "energie_it_kwh_repere": "DOUBLE",
        },
        "voisins": {
            "puissance_du_siret_kw": "DOUBLE",
            "homonyme": "VARCHAR",
            "jumeau": "VARCHAR",
            "energie_it_hote_kwh": "DOUBLE",
            "energie_it_heberges_kwh": "DOUBLE",
        },
    },
    "centres": {"references": {"commune_connue": "BOOLEAN"}},
}
"""Table -> what is seen -> the columns that the relation adds, with their types (kWh, kW).

`_prec`: the year before. `_repere`: the usual value in the site's other years (see `_usual`).
`homonyme`: the other declaration of the same site, same year; `jumeau`: another site with the same two energies.
`commune_connue`: NULL when a partial reference table cannot tell.
"""

_HISTORY = "coalesce(nature_valeur, '') NOT IN ('conception', 'puissance_instantanee', 'puissance_crete')"
# Letters and digits alone, without accents: « Salle A » and « salle-a » are one name.
_NAME = "trim(regexp_replace(lower(strip_accents(nom_site)), '[^a-z0-9]+', ' ', 'g'))"
# Collectivities of article 74 and New Caledonia: real communes, of which `departements.csv` holds none.
_ELSEWHERE = "('975', '977', '978', '984', '986', '987', '988', '989')"


def _usual(column: str) -> str:
    """The usual value of a column in the other full years of a site, `a.autres`: the middle one of those known.

    NULL when the only other year is not the one before, so that of two years that differ the later is blamed; and when
    the two middle years differ by more than five, for then nothing says which of them is right.
    """
    known = f"list_filter(a.autres, autre -> autre.{column} > 0)"
    values = f"list_sort(list_transform({known}, autre -> autre.{column}))"
    return f"""CASE
            WHEN len({known}) = 1 AND ({known})[1].annee <> a.annee - 1 THEN NULL
            ELSE [CASE WHEN v[len(v) // 2 + 1] <= 5 * v[(len(v) + 1) // 2]
                THEN (v[len(v) // 2 + 1] + v[(len(v) + 1) // 2]) / 2 END FOR v IN [{values}]][1]
        END"""


_YEARS = f"""
historiques AS MATERIALIZED (
    SELECT id_centre, synthetique, annee, annee_entiere, energie_totale_kwh, energie_it_kwh
    FROM completes
    WHERE {_HISTORY}
),

annees AS (
    SELECT
        id_centre,
        synthetique,
        list({{'annee': annee, 'energie_totale_kwh': energie_totale_kwh, 'energie_it_kwh': energie_it_kwh}}) AS annees
    FROM historiques
    WHERE annee_entiere
    GROUP BY id_centre, synthetique
),

autres AS (
    SELECT
        a.id_centre,
        a.annee,
        {_usual("energie_totale_kwh")} AS energie_totale_kwh_repere,
        {_usual("energie_it_kwh")} AS energie_it_kwh_repere
    FROM (
        SELECT h.id_centre, h.annee, list_filter(s.annees, autre -> autre.annee <> h.annee) AS autres
        FROM historiques AS h
        INNER JOIN annees AS s ON s.id_centre = h.id_centre AND s.synthetique = h.synthetique
    ) AS a
),

precedentes AS (
    SELECT h.id_centre, h.annee, p.energie_totale_kwh, p.energie_it_kwh, p.annee_entiere
    FROM historiques AS h
    INNER JOIN historiques AS p
        ON p.id_centre = h.id_centre AND p.synthetique = h.synthetique AND p.annee = h.annee - 1
)"""
"""The site's other years."""

_HOSTED = """
heberges AS (
    SELECT h.id_centre, h.annee, h.heberge_chez, h.energie_it_kwh, hote.energie_it_kwh AS energie_it_hote_kwh
    FROM completes AS h
    INNER JOIN completes AS hote
        ON hote.id_centre = h.heberge_chez AND hote.annee = h.annee AND hote.synthetique = h.synthetique
    WHERE h.annee_entiere AND hote.annee_entiere AND h.id_centre <> h.heberge_chez
        AND hote.heberge_chez IS DISTINCT FROM h.id_centre
),

-- A hosted site that exceeds its host by itself is the only one to blame; without it, the others may fit.
sommes AS (
    SELECT
        *,
        CASE WHEN energie_it_kwh > energie_it_hote_kwh THEN energie_it_kwh
            ELSE sum(energie_it_kwh) FILTER (WHERE energie_it_kwh <= energie_it_hote_kwh)
                OVER (PARTITION BY heberge_chez, annee) END AS energie_it_heberges_kwh
    FROM heberges
)"""
"""The sites that stand in another one."""

_ALIKE = """
sirets AS (
    SELECT siret, annee, synthetique, sum(puissance_it_installee_kw ORDER BY id_centre) AS puissance_du_siret_kw
    FROM completes
    GROUP BY siret, annee, synthetique
),

-- The first of its name keeps its row; a room that took over from another one of the same name is another room.
homonymes AS (
    SELECT id_centre, annee, premier AS homonyme
    FROM (
        SELECT id_centre, annee, debut, first_value(id_centre) OVER noms AS premier, max(fin) OVER noms AS fin_prec
        FROM completes
        SEMI JOIN (
            SELECT siret, nom, commune, annee, synthetique FROM completes GROUP BY ALL HAVING count(*) > 1
        ) AS repetes USING (siret, nom, commune, annee, synthetique)
        WINDOW noms AS (
            PARTITION BY siret, nom, commune, annee, synthetique
            ORDER BY id_centre ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
    ) AS noms
    WHERE debut <= fin_prec
),

jumeaux AS (
    SELECT annee, synthetique, energie_totale_kwh, energie_it_kwh, min(id_centre) AS premier, max(id_centre) AS dernier
    FROM completes
    WHERE energie_totale_kwh > 0 AND energie_it_kwh > 0
    GROUP BY annee, synthetique, energie_totale_kwh, energie_it_kwh
    HAVING count(*) > 1
)"""
"""The other sites of the SIRET, of the name, and with the same energies."""

_TOGETHER = """
SELECT
    c.* EXCLUDE (debut, fin, annee_entiere, nom, commune),
    p.energie_totale_kwh AS energie_totale_kwh_prec,
    p.energie_it_kwh AS energie_it_kwh_prec,
    p.annee_entiere AS annee_complete_prec,
    a.energie_totale_kwh_repere,
    a.energie_it_kwh_repere,
    k.puissance_du_siret_kw,
    n.homonyme,
    CASE WHEN j.premier = c.id_centre THEN j.dernier ELSE j.premier END AS jumeau,
    s.energie_it_hote_kwh,
    s.energie_it_heberges_kwh
FROM completes AS c
LEFT JOIN precedentes AS p ON p.id_centre = c.id_centre AND p.annee = c.annee
LEFT JOIN autres AS a ON a.id_centre = c.id_centre AND a.annee = c.annee
LEFT JOIN sirets AS k ON k.siret = c.siret AND k.annee = c.annee AND k.synthetique = c.synthetique
LEFT JOIN homonymes AS n ON n.id_centre = c.id_centre AND n.annee = c.annee
LEFT JOIN jumeaux AS j
    ON j.annee = c.annee AND j.synthetique = c.synthetique AND j.energie_totale_kwh = c.energie_totale_kwh
    AND j.energie_it_kwh = c.energie_it_kwh
LEFT JOIN sommes AS s ON s.id_centre = c.id_centre AND s.annee = c.annee
"""


def declarations(rows: str, register: str = "centres") -> str:
    """A relation over the declarations of the SQL source `rows`, one a site and year, and the sites of `register`."""
    return f"""
WITH lues AS (
    SELECT * FROM {measured(rows, "debut fin annee_complete")}
),

completes AS MATERIALIZED (
    SELECT
        l.* EXCLUDE (annee_complete, heures, heures_annee) REPLACE (
            coalesce(l.puissance_it_installee_kw, nullif(c.puissance_it_installee_kw, 0)) AS puissance_it_installee_kw
        ),
        l.annee_complete AS annee_entiere,
        l.puissance_it_installee_kw IS NULL AND c.puissance_it_installee_kw > 0 AS puissance_au_registre,
        c.usage_principal,
        c.heberge_chez,
        c.nom_site,
        coalesce(c.siret, left(l.id_centre, 14)) AS siret,
        {_NAME} AS nom,
        coalesce(c.code_insee, '') AS commune
    FROM lues AS l
    LEFT JOIN {register} AS c ON c.id_centre = l.id_centre AND c.synthetique = l.synthetique
),
{_YEARS},
{_HOSTED},
{_ALIKE}
{_TOGETHER}"""


def centres(rows: str) -> str:
    """A relation over the sites of the SQL source `rows`, with what the reference tables say of their communes.

    `ref_communes` is a part of the official code: a commune it lacks may exist. It is false only for a number that no
    commune bears (000: a postcode) or a département that exists nowhere.
    """
    return f"""
SELECT
    s.*,
    CASE
        WHEN c.code_insee IS NOT NULL THEN true
        WHEN s.code_insee LIKE '97_00' OR (s.code_insee LIKE '%000' AND s.code_insee NOT LIKE '97%') THEN false
        WHEN d.code_departement IS NULL AND left(s.code_insee, 3) NOT IN {_ELSEWHERE} THEN false
    END AS commune_connue
FROM {rows} AS s
LEFT JOIN ref_communes AS c ON c.code_insee = s.code_insee
LEFT JOIN ref_departements AS d
    ON d.code_departement = left(s.code_insee, CASE WHEN left(s.code_insee, 2) IN ('97', '98') THEN 3 ELSE 2 END)
"""


RELATIONS = {"declarations": declarations, "centres": centres}
"""Table -> the SQL of its rows with their context; a table without one has no rule that sees more than a row."""
