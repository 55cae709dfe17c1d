-- One row = one site and one year: its energies, its ratios, how far they compare, and the line they came from.
-- WUE = 1000 x m3 / kWh (L/kWh); ERF and REF = reused heat and renewables over the total energy, not capped: a ratio
-- above 1 is an error, left empty with its code. Emissions = total kWh x factor / 1000, CUE = PUE x factor: only for a
-- full year of a site that runs on grid electricity alone, with the factor of its own territory and year; otherwise
-- empty, with the reason. Per server, per virtual machine and per m2: energies of a full year only; the total energy
-- goes with the total floor area and the IT energy with the servers, for each pair has the same boundary. The load
-- factor is mean IT power over installed IT power; above 1 it is an error, left empty with its code.
WITH carbone AS (
    SELECT
        s.id_centre,
        s.annee,
        f.kgco2e_par_kwh,
        f.facteur_emission,
        CASE
            WHEN s.energie_totale_kwh IS NULL THEN 'energie_totale_absente'
            WHEN s.periode <> 'A' THEN 'periode_non_annuelle'
            WHEN s.territoire_emission IS NULL THEN 'territoire_inconnu'
            WHEN s.territoire_emission NOT IN (SELECT territoire FROM _facteurs_emission)
                THEN 'facteur_absent_territoire'
            WHEN f.annee IS NULL THEN 'facteur_absent_annee'
            WHEN s.groupes_secours THEN 'groupes_secours'
            WHEN d.energie_renouvelable_site_kwh > 0 THEN 'production_sur_place'
        END AS motif_absence
    FROM _sites_annees AS s
    LEFT JOIN declarations AS d ON d.id_centre = s.id_centre AND d.annee = s.annee
    LEFT JOIN _facteurs_emission AS f ON f.territoire = s.territoire_emission AND f.annee = s.annee
),

-- The lines a site and year rest on: the declaration, and the readings of that year.
lignes AS (
    SELECT
        id_centre,
        annee,
        'declaration' AS source,
        NULL AS poste,
        NULL AS date_debut,
        depot_sha256,
        depot_ligne,
        depot_recu_le
    FROM declarations
    UNION ALL
    SELECT
        id_centre,
        unnest(range(year(date_debut), year(date_fin) + 1)) AS annee,
        'consommations' AS source,
        poste,
        date_debut,
        depot_sha256,
        depot_ligne,
        depot_recu_le
    FROM _releves
),

-- Provenance of the energies: the declaration, or the first reading of the year (of the total before the others).
provenances AS (
    SELECT l.*
    FROM lignes AS l
    INNER JOIN _sites_annees AS s
        ON s.id_centre = l.id_centre AND s.annee = l.annee AND coalesce(s.source_energie, 'declaration') = l.source
    QUALIFY row_number() OVER (
        PARTITION BY l.id_centre, l.annee
        ORDER BY list_position(['total', 'it'], l.poste) NULLS LAST, l.date_debut, l.poste
    ) = 1
),

avertis AS (
    SELECT l.id_centre, l.annee, list(DISTINCT a.code) AS codes
    FROM lignes AS l
    INNER JOIN anomalies AS a ON a.depot_sha256 = l.depot_sha256 AND a.ligne = l.depot_ligne
    WHERE a.niveau = 'avertissement'
    GROUP BY l.id_centre, l.annee
),

ratios AS (
    SELECT
        s.*,
        d.eau_totale_m3,
        d.chaleur_valorisee_kwh,
        d.energie_renouvelable_kwh,
        d.nb_serveurs_physiques,
        d.nb_machines_virtuelles,
        d.stockage_utile_to,
        d.surface_totale_m2,
        d.nature_valeur,
        s.energie_it_kwh / (s.puissance_it_installee_kw * s.heures_periode) AS facteur_charge,
        CASE WHEN s.periode = 'A' THEN s.energie_it_kwh / nullif(d.nb_serveurs_physiques, 0) END AS kwh_it_par_serveur,
        CASE WHEN s.periode = 'A' THEN s.energie_it_kwh / nullif(d.nb_machines_virtuelles, 0) END
            AS kwh_it_par_machine_virtuelle,
        CASE WHEN s.periode = 'A' THEN s.energie_totale_kwh / nullif(d.surface_totale_m2, 0) END AS kwh_par_m2,
        d.commentaire AS commentaire_declare,
        CASE WHEN s.meme_periode THEN 1000 * d.eau_totale_m3 / nullif(s.energie_it_kwh, 0) END AS wue,
        CASE WHEN s.meme_periode THEN d.chaleur_valorisee_kwh / nullif(s.energie_totale_kwh, 0) END AS erf,
        CASE WHEN s.meme_periode THEN d.energie_renouvelable_kwh / nullif(s.energie_totale_kwh, 0) END AS ref
    FROM _sites_annees AS s
    LEFT JOIN declarations AS d ON d.id_centre = s.id_centre AND d.annee = s.annee
)

SELECT
    r.id_centre,
    r.annee,
    r.ancien_id_centre,
    r.nom_site,
    r.organisme,
    r.categorie_organisme,
    r.type_hebergement,
    r.type_centre,
    r.secnumcloud,
    r.usage_principal,
    r.code_insee,
    r.code_departement,
    r.code_region,
    r.nom_region,
    r.zone_climatique,
    r.puissance_it_installee_kw,
    r.classe_taille,
    r.date_debut,
    r.date_fin,
    r.energie_totale_kwh,
    r.energie_it_kwh,
    r.source_energie,
    r.pue_declare,
    r.pue_calcule,
    r.categorie_mesure_it,
    r.perimetre,
    r.qualite_mesure,
    r.nature_valeur,
    r.nature_pue,
    r.classe_comparabilite,
    r.niveau_comparabilite,
    r.lettre_comparabilite,
    b.bande_pue,
    CASE WHEN r.niveau_comparabilite IN ('pleine', 'reservee') THEN b.apercu_classe_ue END AS apercu_classe_ue,
    r.heures_periode,
    CASE WHEN r.facteur_charge <= 1 THEN r.facteur_charge END AS facteur_charge,
    r.eau_totale_m3,
    r.wue AS wue_l_par_kwh,
    r.chaleur_valorisee_kwh,
    CASE WHEN r.erf <= 1 THEN r.erf END AS erf,
    r.energie_renouvelable_kwh,
    CASE WHEN r.ref <= 1 THEN r.ref END AS ref,
    CASE WHEN c.motif_absence IS NULL THEN r.energie_totale_kwh * c.kgco2e_par_kwh / 1000 END AS emissions_tco2e,
    CASE WHEN c.motif_absence IS NULL THEN r.pue_calcule * c.kgco2e_par_kwh END AS cue_kgco2e_par_kwh,
    CASE WHEN c.motif_absence IS NULL THEN c.facteur_emission END AS facteur_emission,
    coalesce(
        c.motif_absence,
        CASE
            WHEN r.energie_it_kwh IS NULL THEN 'energie_it_absente'
            WHEN r.pue_calcule IS NULL THEN 'ratio_energie_impossible'
        END
    ) AS motif_absence_cue,
    r.nb_serveurs_physiques,
    r.nb_machines_virtuelles,
    r.stockage_utile_to,
    r.surface_totale_m2,
    r.kwh_it_par_serveur,
    r.kwh_it_par_machine_virtuelle,
    r.kwh_par_m2,
    r.motif_exclusion IS NULL AS inclus_dans_agregats,
    r.motif_exclusion,
    g.groupe_pairs,
    g.nb_pairs,
    g.rang_pairs,
    g.groupe_quartiles,
    g.nb_groupe_quartiles,
    g.pue_quartile_1 AS pue_quartile_1_pairs,
    g.pue_mediane AS pue_mediane_pairs,
    g.pue_quartile_3 AS pue_quartile_3_pairs,
    nullif(array_to_string(list_sort(list_distinct(list_concat(
        coalesce(a.codes, []),
        CASE WHEN r.ecart_consommations THEN ['ecart_consommations'] ELSE [] END,
        CASE WHEN r.chevauchement THEN ['releves_chevauchants'] ELSE [] END,
        -- A declaration had these two said line by line by the rules of the same name; a sum of readings has not.
        CASE WHEN r.source_energie = 'consommations' AND r.pue_calcule < 1.03 AND r.commentaire_declare IS NULL
            THEN ['pue_tres_bas'] ELSE [] END,
        CASE WHEN r.source_energie = 'consommations' AND r.pue_calcule > 4 THEN ['pue_tres_eleve'] ELSE [] END,
        CASE WHEN r.motif_exclusion = 'ratio_energie_impossible' THEN ['ratio_energie_impossible'] ELSE [] END,
        CASE WHEN r.motif_exclusion = 'hebergement_circulaire' THEN ['hebergement_circulaire'] ELSE [] END,
        CASE WHEN r.facteur_charge > 1 THEN ['facteur_charge_superieur_a_un'] ELSE [] END,
        CASE WHEN r.erf > 1 THEN ['erf_superieur_a_un'] ELSE [] END,
        CASE WHEN r.ref > 1 THEN ['ref_superieur_a_un'] ELSE [] END
    ))), '|'), '') AS avertissements,
    texte_publie(r.commentaire_declare) AS commentaire,
    r.synthetique,
    p.depot_sha256,
    p.depot_ligne,
    p.depot_recu_le
FROM ratios AS r
INNER JOIN provenances AS p ON p.id_centre = r.id_centre AND p.annee = r.annee
INNER JOIN carbone AS c ON c.id_centre = r.id_centre AND c.annee = r.annee
LEFT JOIN _bandes_pue AS b ON r.periode = 'A' AND r.pue_calcule > b.pue_min AND r.pue_calcule <= b.pue_max
LEFT JOIN _groupes_pairs AS g ON g.id_centre = r.id_centre AND g.annee = r.annee
LEFT JOIN avertis AS a ON a.id_centre = r.id_centre AND a.annee = r.annee
ORDER BY r.id_centre, r.annee
