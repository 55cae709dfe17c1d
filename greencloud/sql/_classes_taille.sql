-- One row = one size class by installed IT power, half-open: kw_min <= power < kw_max (TX: power unknown).
-- T3 to T7 follow Annex IV of Delegated Regulation (EU) 2024/1364; T0 to T2 are the project's own, below the EU scale.
SELECT classe_taille, kw_min, kw_max, libelle
FROM (VALUES
    ('T0', 0.0, 10.0, 'Moins de 10 kW'),
    ('T1', 10.0, 50.0, 'De 10 à 50 kW'),
    ('T2', 50.0, 100.0, 'De 50 à 100 kW'),
    ('T3', 100.0, 500.0, 'De 100 à 500 kW'),
    ('T4', 500.0, 1000.0, 'De 500 kW à 1 MW'),
    ('T5', 1000.0, 2000.0, 'De 1 à 2 MW'),
    ('T6', 2000.0, 10000.0, 'De 2 à 10 MW'),
    ('T7', 10000.0, CAST('Infinity' AS DOUBLE), '10 MW et plus'),
    ('TX', NULL, NULL, 'Puissance inconnue')
) AS classes (classe_taille, kw_min, kw_max, libelle)
ORDER BY classe_taille
