-- One row = one group of the aggregates (dimension and modalite) with its French label.
SELECT dimension, modalite, libelle
FROM (VALUES
    ('ensemble', 'ensemble', 'Ensemble des centres'),
    ('type_hebergement', 'salle_serveurs', 'Salle de serveurs'),
    ('type_hebergement', 'centre_propre', 'Centre de données propre'),
    ('type_hebergement', 'centre_mutualise_public', 'Centre mutualisé public'),
    ('type_hebergement', 'colocation', 'Colocation'),
    ('type_hebergement', 'cloud_interne', 'Cloud interne (cercle 1)'),
    ('type_hebergement', 'cloud_dedie', 'Cloud dédié (cercle 2)'),
    ('type_hebergement', 'cloud_externe', 'Cloud externe (cercle 3)'),
    ('type_hebergement', 'inconnu', 'Type d''hébergement non renseigné'),
    ('categorie_organisme', 'etat', 'État'),
    ('categorie_organisme', 'operateur_etat', 'Opérateur de l''État'),
    ('categorie_organisme', 'region', 'Région'),
    ('categorie_organisme', 'departement', 'Département'),
    ('categorie_organisme', 'intercommunalite', 'Intercommunalité'),
    ('categorie_organisme', 'commune', 'Commune'),
    ('categorie_organisme', 'syndicat_mixte', 'Syndicat mixte'),
    ('categorie_organisme', 'hopital', 'Hôpital'),
    ('categorie_organisme', 'enseignement_recherche', 'Enseignement et recherche'),
    ('categorie_organisme', 'autre', 'Autre organisme'),
    ('categorie_organisme', 'inconnu', 'Organisme non renseigné'),
    ('region', 'inconnu', 'Région inconnue')
) AS libelles (dimension, modalite, libelle)
UNION ALL
SELECT 'region', code_region, nom_region FROM ref_regions
UNION ALL
SELECT 'classe_taille', classe_taille, libelle FROM _classes_taille
ORDER BY dimension, modalite
