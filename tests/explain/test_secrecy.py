"""What `explain` says by default may be published: no protected site, no deposited cell that no edition publishes."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from greencloud import deposits
from greencloud.explain import ExplainError, Holding, explain, explain_total, text
from tests.explain.held import WIDE, Held, published, workbook

TABLE = "indicateurs_annuels"


def test_a_protected_site_is_told_like_an_unknown_one(held: Held) -> None:
    protected = sorted(held.protected())
    assert protected
    sentences = set()
    for site in (*protected, "99999999900009-77"):
        with pytest.raises(ExplainError) as refused:
            explain(held.holding, site, 2024)
        told = str(refused.value)
        assert not any(other in told for other in protected if other != site)
        sentences.add(told.partition(" Les plus proches")[0].replace(site, "…"))
    assert len(sentences) == 1


def test_no_explanation_of_a_named_site_names_a_protected_one(held: Held) -> None:
    protected = held.protected()
    for row in held.rows(TABLE)[::7]:
        found = explain(held.holding, row["id_centre"], row["annee"])
        told = json.dumps(asdict(found), ensure_ascii=False, default=str) + "\n".join(text.of_row(found))
        assert not [site for site in protected if site in told]
        assert all(line.brut is None for line in found.lignes)


def test_cells_that_no_edition_publishes_are_hidden(held: Held) -> None:
    told = json.dumps(asdict(explain(held.holding, WIDE, 2024)), ensure_ascii=False, default=str)
    assert "confidentiel" not in told
    assert "Murs tus" not in told
    assert "[…]" in told
    whole = explain(held.holding, WIDE, 2024, internal=True)
    received = [line.brut.texte for line in whole.lignes if line.brut is not None]
    assert any("confidentiel" in line for line in received)
    assert any("Murs tus" in line for line in received)


def test_totals_name_only_what_tables_publish(held: Held) -> None:
    protected = held.protected()
    for row in held.rows("agregats_annuels"):
        key = {name: row[name] for name in ("annee", "synthetique", "dimension", "modalite")}
        found = explain_total(held.edition, key)
        told = json.dumps(asdict(found), default=str) + "\n".join(text.of_total(found))
        assert not [site for site in protected if site in told]
        assert found.reste is None
        if str(row["diffusion"]).startswith("secret"):
            assert found.nb_non_nommes is None
        else:
            assert found.nb_non_nommes == row["nb_sites_pue"] - len(found.contributeurs)


def test_totals_add_up_for_whoever_holds_the_deposits(held: Held) -> None:
    hidden = shown = 0
    protected = held.protected()
    for row in held.rows("agregats_annuels", "annee = 2024 AND dimension IN ('ensemble', 'type_hebergement')"):
        key = {name: row[name] for name in ("annee", "synthetique", "dimension", "modalite")}
        found = explain_total(held.edition, key, held.holding)
        assert {one.id_centre for one in found.contributeurs if not one.nominatif} <= protected
        assert not {one.id_centre for one in found.contributeurs if one.nominatif} & protected
        assert found.reste is not None
        both = [(found.somme_nommes[name], found.reste[name]) for name in ("energie_totale_kwh", "energie_it_kwh")]
        sums = [(named or 0.0) + (rest or 0.0) for named, rest in both]
        if row["diffusion"] == "diffuse":
            assert sums == pytest.approx([row["energie_totale_kwh"], row["energie_it_kwh"]])
            assert len(found.contributeurs) == row["nb_sites_pue"]
            assert found.notes == (
                "Cette explication nomme des centres protégés et leurs valeurs : ne la publiez pas.",
            )
            shown += 1
        elif row["diffusion"] != "aucune_donnee":
            assert row["energie_totale_kwh"] is None
            assert found.valeurs["energie_totale_kwh"] == pytest.approx(sums[0])
            hidden += 1
    assert hidden and shown


def test_order_statistics_come_from_the_named_sites(held: Held) -> None:
    tried = 0
    for row in held.rows("agregats_annuels", "pue_minimum IS NOT NULL AND dimension = 'ensemble'"):
        key = {name: row[name] for name in ("annee", "synthetique", "dimension", "modalite")}
        named = {one.id_centre for one in explain_total(held.edition, key).contributeurs}
        levels = "niveau_comparabilite IN ('pleine', 'reservee')"
        ratios = [
            one["pue_calcule"]
            for one in held.rows(TABLE, f"annee = {row['annee']} AND {levels}")
            if one["id_centre"] in named
        ]
        assert (min(ratios), max(ratios)) == (row["pue_minimum"], row["pue_maximum"])
        tried += 1
    assert tried


def test_a_protected_site_is_explained_to_whoever_holds_the_deposits(held: Held) -> None:
    query = "SELECT id_centre, annee, energie_totale_kwh FROM indicateurs_annuels WHERE energie_totale_kwh IS NOT NULL"
    computed = held.holding.tables.execute(query).fetchall()
    site, year, energy = next(row for row in computed if row[0] in held.protected())
    found = explain(held.holding, site, year, columns=["energie_totale_kwh"], internal=True)
    assert found.column("energie_totale_kwh").valeur == energy
    assert any("ne la publiez pas" in note for note in found.notes)


def test_the_names_inside_a_sealed_deposit_are_told_to_its_holders_only(tmp_path: Path) -> None:
    """A real deposit keeps its file name to itself: the name of its sheet may say as much."""
    site, raw = "13002526500013-01", tmp_path / "raw"
    register = tmp_path / "registre.csv"
    register.write_text(f"id_centre,nom_site,code_insee\n{site},Salle Nord,01053\n", encoding="utf-8")
    for path, table in ((register, "centres"), (workbook(tmp_path / "classeur.xlsx", site), "declarations")):
        moment = "2026-07-01T09:00:00.000000Z"
        deposits.store(path, table=table, emetteur=site[:9], raw_dir=raw, recu_le=moment, synthetique=False)
    holding = Holding(published(raw, tmp_path / "2026-07-01-0123abcd"), raw)
    for internal in (False, True):
        found = explain(holding, site, 2024, internal=internal)
        told = json.dumps(asdict(found), ensure_ascii=False, default=str) + "\n".join(text.of_row(found))
        assert ("Saisie" in told) is ("classeur.xlsx" in told) is internal
        assert "classeur xlsx" in told
