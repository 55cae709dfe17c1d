"""Our own schemas: linted, accepted by Frictionless, proved by their examples, and with the columns agreed on."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import frictionless
import pytest

from greencloud import rules
from greencloud.checking import check_file
from greencloud.schema_lint import lint_folder
from greencloud.tables import DEPOSITED, PUBLISHED, schemas_dir, table

TABLES = DEPOSITED + PUBLISHED
COLUMNS = {
    "centres": """id_centre nom_site siret organisme proprietaire exploitant categorie_organisme code_insee
        type_hebergement type_centre secnumcloud usage_principal puissance_it_installee_kw mise_en_service
        date_fermeture redondance_electrique redondance_refroidissement heberge_chez ancien_id_centre
        mode_publication commentaire""",
    "declarations": """id_centre annee date_debut date_fin energie_totale_kwh energie_it_kwh
        energie_groupes_secours_kwh pue_declare categorie_mesure_it perimetre commentaire_perimetre qualite_mesure
        nature_valeur norme_version motif_absence puissance_it_installee_kw surface_totale_m2 surface_salle_it_m2
        services_reseau capacite_batteries_reseau_kw eau_totale_m3 categorie_mesure_eau eau_potable_m3 eau_douce_m3
        type_refroidissement chaleur_valorisee_kwh chaleur_disponible_kwh temperature_chaleur_c temperature_consigne_c
        fluides_frigorigenes dju_froid energie_renouvelable_kwh energie_renouvelable_go_kwh energie_renouvelable_ppa_kwh
        energie_renouvelable_site_kwh capacite_serveurs_sert capacite_stockage_po debit_entrant_gbps debit_sortant_gbps
        trafic_entrant_eo trafic_sortant_eo nb_serveurs_physiques nb_machines_virtuelles nb_baies stockage_utile_to
        commentaire""",
    "consommations": "id_centre poste date_debut date_fin energie_kwh qualite_mesure commentaire",
    "compteurs": """id_compteur id_centre poste signe unite horodate fuseau point_mesure classe_exactitude date_debut
        date_fin commentaire""",
    "releves": "id_compteur debut fin energie_kwh estime",
    "indicateurs_annuels": """id_centre annee ancien_id_centre nom_site organisme categorie_organisme
        type_hebergement type_centre secnumcloud usage_principal code_insee code_departement code_region nom_region
        zone_climatique puissance_it_installee_kw classe_taille date_debut date_fin energie_totale_kwh energie_it_kwh
        source_energie pue_declare pue_calcule categorie_mesure_it perimetre qualite_mesure nature_valeur nature_pue
        classe_comparabilite niveau_comparabilite lettre_comparabilite bande_pue apercu_classe_ue heures_periode
        facteur_charge eau_totale_m3 wue_l_par_kwh chaleur_valorisee_kwh erf energie_renouvelable_kwh ref
        emissions_tco2e cue_kgco2e_par_kwh facteur_emission motif_absence_cue nb_serveurs_physiques
        nb_machines_virtuelles stockage_utile_to surface_totale_m2 kwh_it_par_serveur kwh_it_par_machine_virtuelle
        kwh_par_m2 inclus_dans_agregats motif_exclusion groupe_pairs nb_pairs rang_pairs groupe_quartiles
        nb_groupe_quartiles pue_quartile_1_pairs pue_mediane_pairs pue_quartile_3_pairs avertissements commentaire
        synthetique depot_sha256 depot_ligne depot_recu_le""",
    "agregats_annuels": """annee synthetique dimension modalite libelle nb_sites_attendus nb_sites_declarants
        nb_sites_pue nb_sites_distribution nb_sites_estimes couverture_sites couverture_puissance energie_totale_kwh
        energie_it_kwh pue pue_minimum pue_decile_1 pue_quartile_1 pue_mediane pue_quartile_3 pue_decile_9 pue_maximum
        wue_l_par_kwh erf ref part_it_mesuree nb_sites_wue nb_sites_erf nb_sites_ref nb_sites_carbone emissions_tco2e
        cue_kgco2e_par_kwh diffusion""",
    "evolutions_annuelles": """annee_precedente annee synthetique dimension modalite libelle nb_sites_precedents
        nb_sites nb_sites_constants nb_sites_constants_nominatifs nb_sites_entres nb_sites_sortis nb_sites_modifies
        energie_totale_precedente_kwh energie_totale_kwh croissance_totale_pct energie_it_precedente_kwh energie_it_kwh
        croissance_it_pct pue_precedent pue energie_totale_constante_precedente_kwh energie_totale_constante_kwh
        croissance_totale_constante_pct energie_it_constante_precedente_kwh energie_it_constante_kwh
        croissance_it_constante_pct pue_constant_precedent pue_constant part_constante diffusion""",
    "observatoire_cloud": """annee synthetique indicateur dimension modalite libelle cercle_cloud
        nb_sites_attendus nb_sites valeur unite part diffusion""",
    "economies": """annee synthetique scenario type_hebergement_cible dimension modalite libelle hypotheses
        nb_sites_comparables nb_sites_economie nb_sites_deja_mieux nb_sites_sans_pairs nb_sites_hors_champ
        economie_basse_kwh economie_centrale_kwh economie_haute_kwh part_economisee economie_basse_eur
        economie_centrale_eur economie_haute_eur nb_sites_sans_facteur economie_basse_tco2e economie_centrale_tco2e
        economie_haute_tco2e facteurs_emission motif_absence_tco2e diffusion""",
    "consommations_mensuelles": """id_centre mois poste energie_kwh jours_couverts jours_du_mois repartition nb_releves
        chevauchement qualite_mesure synthetique""",
    "mesures_mensuelles": """id_centre mois poste energie_kwh completude jours_complets jours_du_mois nb_compteurs
        puissance_base_kw puissance_pointe_kw part_nuit part_week_end part_estimee pue categorie_mesure_it
        synthetique""",
    "rapprochements": """id_centre annee poste energie_declaree_kwh energie_lignes_kwh energie_compteurs_kwh
        completude energie_ecartee_kwh motifs_ecart ecart_pct synthetique""",
    "couverture": """id_centre annee nom_site categorie_organisme type_hebergement code_region
        puissance_it_installee_kw attendu statut nb_rejets synthetique""",
    "rejets": """depot_sha256 numero nom_fichier table_visee ligne champ valeur code message correction recu_le
        synthetique""",
    "historique": """table_source id_centre cle champ ancienne_valeur nouvelle_valeur ancien_depot_sha256
        ancien_depot_ligne nouveau_depot_sha256 nouveau_depot_ligne remplace_le synthetique""",
    "secret_statistique": "nom_table synthetique motif nb_lignes",
}
KEYS = {
    "centres": ["id_centre"],
    "declarations": ["id_centre", "annee"],
    "consommations": ["id_centre", "poste", "date_debut"],
    "compteurs": ["id_centre", "id_compteur", "poste", "date_debut"],
    "releves": [],
    "indicateurs_annuels": ["id_centre", "annee"],
    "agregats_annuels": ["annee", "synthetique", "dimension", "modalite"],
    "evolutions_annuelles": ["annee", "synthetique", "dimension", "modalite"],
    "observatoire_cloud": ["annee", "synthetique", "indicateur", "dimension", "modalite"],
    "economies": ["annee", "synthetique", "scenario", "type_hebergement_cible", "dimension", "modalite"],
    "consommations_mensuelles": ["id_centre", "mois", "poste"],
    "mesures_mensuelles": ["id_centre", "mois", "poste"],
    "rapprochements": ["id_centre", "annee", "poste"],
    "couverture": ["id_centre", "annee"],
    "rejets": ["depot_sha256", "numero"],
    "historique": ["table_source", "id_centre", "cle", "champ", "ancien_depot_sha256"],
    "secret_statistique": ["nom_table", "synthetique", "motif"],
}
REQUIRED_INPUTS = {
    "centres": ["id_centre", "nom_site"],
    "declarations": ["id_centre", "annee"],
    "consommations": ["id_centre", "poste", "date_debut", "date_fin", "energie_kwh"],
    "compteurs": ["id_compteur", "id_centre", "poste", "date_debut"],
    "releves": ["id_compteur", "debut", "fin", "energie_kwh"],
}
UNITS = ("_kwh", "_kw", "_m2", "_m3", "_po", "_gbps", "_eo", "_to")
every_table = pytest.mark.parametrize("name", TABLES)


def descriptor(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((schemas_dir() / name / "schema.json").read_text(encoding="utf-8"))
    return content


def records(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def expected_errors(name: str) -> list[tuple[str, int, str, str]]:
    rows = records(schemas_dir() / name / "erreurs-attendues.csv")[1:]
    return [(code, int(row), field, value) for code, row, field, value in rows]


def test_the_folders_are_the_tables() -> None:
    assert {path.name for path in schemas_dir().iterdir() if path.is_dir()} == set(TABLES)


@every_table
def test_the_folder_has_no_defect(name: str) -> None:
    assert [finding.message for finding in lint_folder(schemas_dir() / name)] == []


@every_table
def test_the_columns_and_keys_are_those_agreed_on(name: str) -> None:
    assert list(table(name).column_names) == COLUMNS[name].split()
    assert list(table(name).primary_key) == KEYS[name]


@pytest.mark.parametrize("name", DEPOSITED)
def test_only_what_a_small_room_knows_is_required(name: str) -> None:
    assert [field.name for field in table(name).fields if field.required] == REQUIRED_INPUTS[name]


@every_table
def test_each_field_says_whether_it_is_required(name: str) -> None:
    assert all("required" in field["constraints"] for field in descriptor(name)["fields"])


@every_table
def test_quantities_are_not_negative(name: str) -> None:
    for field in table(name).fields:
        if field.name.endswith(UNITS):
            assert field.constraints["minimum"] == 0, field.name


@every_table
def test_no_text_can_start_a_formula(name: str) -> None:
    for field in table(name).fields:
        if field.type == "string" and field.pattern is not None:
            for start in "=+@\t":
                assert not re.search(field.pattern, f"{start}1+1"), (field.name, start)
        else:
            assert field.type != "string" or "enum" in field.constraints, field.name


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("indicateurs_annuels", "commentaire"),
        *(("rejets", column) for column in ("nom_fichier", "champ", "valeur")),
        *(("historique", column) for column in ("ancienne_valeur", "nouvelle_valeur")),
    ],
)
def test_a_received_text_is_published_only_when_no_spreadsheet_would_run_it(name: str, column: str) -> None:
    pattern = table(name).field(column).pattern or ""
    for text in ("-12", "-1,5e-3", "-12\u202f000,5", "'-1+1", "'=1", "12 - 3"):
        assert re.search(pattern, text), text
    for text in ("-1+1", "-A1", "- inconnu", "\n=1", "\r=1"):
        assert not re.search(pattern, text), text


@every_table
def test_version_and_licence_are_the_same_everywhere(name: str) -> None:
    first = descriptor(TABLES[0])
    assert descriptor(name)["version"] == first["version"]
    assert [licence["name"] for licence in descriptor(name)["licenses"]] == ["etalab-2.0"]
    assert first["version"] in (schemas_dir() / "CHANGELOG.md").read_text(encoding="utf-8")


@every_table
def test_frictionless_accepts_the_schema_and_its_valid_example(name: str) -> None:
    folder = schemas_dir() / name
    assert frictionless.validate(folder / "schema.json", type="schema").valid
    report = frictionless.Resource(
        path="exemple-valide.csv", basepath=str(folder), schema=frictionless.Schema.from_descriptor(descriptor(name))
    ).validate()
    assert report.flatten(["rowNumber", "fieldName", "type", "note"]) == []


@every_table
def test_the_examples_are_written_as_we_ask(name: str) -> None:
    for file in ("exemple-valide.csv", "exemple-invalide.csv", "erreurs-attendues.csv"):
        content = (schemas_dir() / name / file).read_bytes()
        assert b"\r" not in content and content.endswith(b"\n") and not content.startswith(b"\xef\xbb\xbf")
    assert "fictif" in (schemas_dir() / name / "README.md").read_text(encoding="utf-8")


@every_table
def test_the_valid_example_raises_nothing(name: str) -> None:
    path = schemas_dir() / name / "exemple-valide.csv"
    report = check_file(path, table(name), rules=rules.for_table(name)).report.to_dict()
    assert (report["errors"], report["warnings"], report["notes"]) == ([], [], [])


@every_table
def test_the_invalid_example_raises_exactly_what_is_expected(name: str) -> None:
    path = schemas_dir() / name / "exemple-invalide.csv"
    report = check_file(path, table(name), rules=rules.for_table(name)).report.to_dict()
    found = [(item["code"], item["row"], item["field"] or "", item["value"] or "") for item in report["errors"]]
    assert found == expected_errors(name)
    assert report["stats"]["accepted"] >= 2


@every_table
def test_frictionless_finds_what_a_strict_check_finds(name: str) -> None:
    schema = frictionless.Schema.from_descriptor(descriptor(name))
    resource = frictionless.Resource(path="exemple-invalide.csv", basepath=str(schemas_dir() / name), schema=schema)
    found = [tuple(item) for item in resource.validate().flatten(["type", "rowNumber", "fieldName"])]
    errors = check_file(schemas_dir() / name / "exemple-invalide.csv", table(name), strict=True).report.errors
    known = {"type-error", "constraint-error", "primary-key"}
    ours = [(error.code, error.row, error.field) for error in errors if error.code in known]
    assert sorted(found, key=str) == sorted(ours, key=str) != []


@pytest.mark.parametrize("name", DEPOSITED)
def test_the_invalid_example_covers_each_kind_of_constraint_and_check(name: str) -> None:
    codes = {code for code, *_ in expected_errors(name)}
    keyed = {"primary-key"} if table(name).primary_key else set()
    assert {"type-error", "constraint-error", *keyed} <= codes
    assert {check.name for check in table(name).custom_checks} <= codes
    header, *rows = records(schemas_dir() / name / "exemple-invalide.csv")
    broken = set()
    for code, row, field, value in expected_errors(name):
        if code == "constraint-error":
            assert rows[row - 2][header.index(field)] == value
            broken |= {"required"} if value == "" else set(table(name).field(field).constraints) - {"required"}
    declared = {key for field in table(name).fields for key in field.constraints}
    assert declared <= broken


def test_the_package_of_the_inputs_is_valid_and_links_them() -> None:
    path = schemas_dir() / "datapackage.json"
    assert frictionless.validate(path).valid
    package = json.loads(path.read_text(encoding="utf-8"))
    described = {item["name"]: item["schema"] for item in package["resources"] if isinstance(item["schema"], str)}
    assert described == {name: f"{name}/schema.json" for name in DEPOSITED}
    links = [item["schema"]["foreignKeys"] for item in package["resources"] if isinstance(item["schema"], dict)]
    targets = [[(*key["fields"], key["reference"]["resource"]) for key in keys] for keys in links]
    of_the_site, of_centres = [("id_centre", "centres")], [("heberge_chez", "centres"), ("ancien_id_centre", "centres")]
    assert targets == [of_the_site, of_the_site, of_the_site, of_centres]
    assert package["version"] == descriptor("centres")["version"]


def test_a_declaration_of_an_unknown_centre_breaks_the_package(tmp_path: Path) -> None:
    package = json.loads((schemas_dir() / "datapackage.json").read_text(encoding="utf-8"))
    resources = [item for item in package["resources"] if item["name"] in ("centres", "rattachement-declarations")]
    for item in resources:
        content = (schemas_dir() / item["path"]).read_text(encoding="utf-8")
        if item["name"] == "rattachement-declarations":
            content = content.replace("99988877900017-01,2024", "99988877900017-99,2024")
        (tmp_path / f"{item['name']}.csv").write_text(content, encoding="utf-8")
        item["path"] = f"{item['name']}.csv"
        if isinstance(item["schema"], str):
            item["schema"] = descriptor(item["name"])
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "essai", "resources": resources}), encoding="utf-8")
    report = frictionless.validate(tmp_path / "datapackage.json")
    assert report.flatten(["rowNumber", "type"]) == [[2, "foreign-key"]]
