-- One row = one band of annual PUE, pue_min < PUE <= pue_max, and the class of the EU rating scheme it lies in.
-- Up to 1.9 the bounds are those of the scheme of Delegated Regulation C(2026) 3472 (adopted 21 September 2026, not
-- known to be in force on 22 November 2026; thresholds from secondary sources, bound 1.70 read once: to confirm). Above
-- 1.9, where the scheme has one class only and most public server rooms lie, the bounds are the project's own choice.
-- A band is named by its bounds, never by a letter: it imitates no label (article 4(2) of the scheme).
SELECT bande_pue, pue_min, pue_max, apercu_classe_ue
FROM (VALUES
    ('au_plus_1.15', 1.0, 1.15, 'A'),
    ('1.15_a_1.25', 1.15, 1.25, 'B'),
    ('1.25_a_1.35', 1.25, 1.35, 'C'),
    ('1.35_a_1.5', 1.35, 1.5, 'D'),
    ('1.5_a_1.7', 1.5, 1.7, 'E'),
    ('1.7_a_1.9', 1.7, 1.9, 'F'),
    ('1.9_a_2.2', 1.9, 2.2, 'G'),
    ('2.2_a_2.5', 2.2, 2.5, 'G'),
    ('2.5_a_3', 2.5, 3.0, 'G'),
    ('3_a_3.5', 3.0, 3.5, 'G'),
    ('plus_de_3.5', 3.5, CAST('Infinity' AS DOUBLE), 'G')
) AS bandes (bande_pue, pue_min, pue_max, apercu_classe_ue)
ORDER BY pue_min
