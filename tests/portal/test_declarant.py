"""The way of a declarant over HTTP: register, template, form, files, report, correction, preview, receipt."""

import csv
import io
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest

from dashboards import links
from greencloud import tables
from greencloud.editions import CURRENT
from portal import delegations, filings
from portal.filings import places
from portal.filings.workshop import AT_ONCE
from portal.models import UNREADABLE, Filing
from portal.settings import Settings
from tests.portal.declarants import YEAR, Declarant, _sirens, declarant, faulty, register, site_of
from tests.portal.service import MANAGER_MAIL, OTHER, OTHER_MAIL, Service, csrf, person

PUBLIC = "https://pages.exemple.gouv.fr"


@pytest.fixture(scope="module")
def other_settings() -> dict[str, Any]:
    return {"public": PUBLIC}


@pytest.fixture
def body(shared: Service, tmp_path: Path) -> Declarant:
    """Each test has a body of its own, in the same portal."""
    return declarant(shared, tmp_path)


def place(answer: httpx.Response) -> str:
    """Where an answer leads."""
    assert answer.status_code == 303, answer.text[-2500:]
    return answer.headers["location"]


def typed(body: Declarant, total: object, it: object, **more: str) -> dict[str, str]:
    """The six fields."""
    fixed = {"id_centre": body.site, "annee": str(YEAR), "categorie_mesure_it": "1", "perimetre": "dedie"}
    return fixed | {"energie_totale_kwh": str(total), "energie_it_kwh": str(it), "qualite_mesure": "mesure"} | more


def test_an_agent_of_one_body_arrives_at_it_and_sees_what_is_missing(body: Declarant) -> None:
    assert place(body.agent.get("/")) == body.page
    page = body.agent.get(body.page).text
    assert "<strong>1\xa0centre sur 1</strong> reste à déclarer" in page
    assert "Salle A" in page and "À déclarer" in page


def test_six_fields_lead_to_a_receipt(body: Declarant) -> None:
    asked = body.agent.get(f"{body.page}/declarer").text
    assert "vous aviez déclaré 322" in asked
    assert re.search(r'<option value="dedie" selected', asked)
    deposit = place(body.agent.post(f"{body.page}/declarer", typed(body, "314 870", 175120)))
    assert "La ligne est acceptée" in body.agent.get(deposit).text
    preview = body.agent.get(f"{deposit}/apercu")
    assert preview.status_code == 200, preview.text
    assert "314\u202f870" in preview.text and "322\u202f400" in preview.text
    assert '<span class="valeur-cle">1,80</span><span class="note">2024\u202f: 1,83</span>' in preview.text
    assert "les deux énergies mesurées" in preview.text
    receipt = body.agent.get(place(body.confirm(deposit))).text
    [row] = [row for row in body.rows("declarations") if row["annee"] == str(YEAR)]
    assert row["energie_totale_kwh"] == "314870"
    assert row["surface_totale_m2"] == "80"  # what was declared before is carried over, not erased
    assert re.search(r"\b[0-9a-f]{64}\b", receipt)
    assert "Pas encore publié" in receipt
    assert "Il ne manque rien" in body.agent.get(body.page).text


def test_the_form_says_what_comes_from_last_year(body: Declarant) -> None:
    asked = body.agent.get(f"{body.page}/declarer").text
    surface = tables.table("declarations").field("surface_totale_m2").title
    assert "Une partie des réponses est reprise de votre déclaration 2024" in asked
    assert aides(asked, "Repris de votre déclaration 2024") == {"perimetre", "categorie_mesure_it"}
    assert "Une autre valeur est reprise" in asked and f"<dt>{surface}</dt><dd>80</dd>" in asked
    other = typed(body, 1000, 2000, categorie_mesure_it="2")
    again = body.agent.post(f"{body.page}/declarer", other)
    assert aides(again.text, "Repris de votre déclaration 2024") == {"perimetre"}  # the other one was typed


def test_the_form_says_what_this_year_holds_already_and_mixes_nothing_else_in(body: Declarant) -> None:
    first = typed(body, "314870,5", "", categorie_mesure_it="non_mesure", perimetre="")
    body.confirm(place(body.agent.post(f"{body.page}/declarer", first)))
    asked = body.agent.get(f"{body.page}/declarer").text
    assert 'value="314870,5"' in asked  # as it was typed
    assert f"{YEAR} est déjà déclaré pour ce centre" in asked and "Repris de votre déclaration" not in asked
    told = aides(asked, f"Déjà déclaré pour {YEAR}")
    assert told == {"energie_totale_kwh", "categorie_mesure_it", "qualite_mesure"}
    assert '<option value="non_mesure" selected' in asked
    assert not re.search(r'<option value="(?:1|dedie)" selected', asked)  # they were said of the year before
    body.confirm(place(body.agent.post(f"{body.page}/declarer", typed(body, 314870, "", categorie_mesure_it="1"))))
    [row] = [row for row in body.rows("declarations") if row["annee"] == str(YEAR)]
    assert (row["categorie_mesure_it"], row["motif_absence"]) == ("1", "")


def aides(page: str, words: str) -> set[str]:
    """The fields whose help says so."""
    return {name for name, said in re.findall(r'id="(\w+)-aide">(.*?)</', page) if words in said}


def test_a_wrong_form_is_told_beside_its_field_and_files_nothing(body: Declarant) -> None:
    refused = body.agent.post(f"{body.page}/declarer", typed(body, 1000, 2000))
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text and 'value="2000"' in refused.text
    assert "Ligne 2" not in refused.text and "energie_totale_kwh (" not in refused.text
    assert "Aucun dépôt" in body.agent.get(body.page).text


def test_what_is_not_measured_is_not_both_measured(body: Declarant) -> None:
    refused = body.agent.post(f"{body.page}/declarer", typed(body, 1000, 900, categorie_mesure_it="non_mesure"))
    assert refused.status_code == 422 and "ne pas la mesurer" in refused.text


def test_a_faulty_cell_is_corrected_in_the_page(body: Declarant) -> None:
    deposit = place(body.hand_in(("declarations.csv", faulty(body.site))))
    report = body.agent.get(deposit).text
    # The cell of the fault, and that of the total which the message names: which one is wrong only the agent knows.
    [name, total] = re.findall(r'<input type="text" id="[^"]*" name="(c-2-[0-9]+)"', report)
    assert 'value="400000"' in report and 'value="314870"' in report
    assert "Une correction est prête" not in report
    fresh = place(body.agent.post(f"{deposit}/corriger", {name: "175120", total: "314870"}, page=deposit))
    assert fresh != deposit
    assert "Les 2 lignes sont acceptées" in body.agent.get(fresh).text
    place(body.confirm(fresh))
    assert "À terminer" not in body.agent.get(body.page).text
    assert fresh in body.agent.get(deposit).text and deposit in body.agent.get(f"{fresh}/recu").text


def test_a_report_says_titles_and_where_the_file_has_them(body: Declarant) -> None:
    report = body.agent.get(place(body.hand_in(("d.csv", faulty(body.site))))).text
    assert "Énergie des équipements informatiques (kWh)" in report
    messages = re.findall(r'<p id="faute-[^"]*">(.*?)</p>', report)
    assert messages and not any("energie_it_kwh" in said or "--corrected" in said for said in messages)
    assert re.search(r'class="code colonne">.*energie_it_kwh</span>', report)
    assert f"Salle A ({body.site})" in report


def test_a_correction_is_offered_where_every_error_has_one(body: Declarant) -> None:
    text = f"id_centre,annee,energie_totale_kwh,energie_it_kwh\n{body.site},{YEAR},314870,17512O\n"
    deposit = place(body.hand_in(("d.csv", text)))
    assert "Une correction est prête" in body.agent.get(deposit).text
    fresh = place(body.agent.post(f"{deposit}/adopter", page=deposit))
    assert "La ligne est acceptée" in body.agent.get(fresh).text


def test_a_row_that_is_not_faulty_cannot_be_rewritten(body: Declarant) -> None:
    deposit = place(body.hand_in(("declarations.csv", faulty(body.site))))
    assert body.agent.post(f"{deposit}/corriger", {"c-3-2": "1"}, page=deposit).status_code == 404


@pytest.mark.parametrize("lost", ["long " * 401, "deux\nlignes"])
def test_a_cell_that_an_input_would_change_is_not_offered(body: Declarant, lost: str) -> None:
    text = f'id_centre,annee,energie_totale_kwh,energie_it_kwh,commentaire\n{body.site},{YEAR},3148,x,"={lost}"\n'
    deposit = place(body.hand_in(("d.csv", text)))
    assert re.findall(r'name="c-2-([0-9])"', body.agent.get(deposit).text) == ["3"]
    fixed = place(body.agent.post(f"{deposit}/corriger", {"c-2-3": "1751"}, page=deposit))
    assert "Commentaire" in body.agent.get(fixed).text  # still wrong, and whole


def test_several_files_are_received_each_by_itself(body: Declarant) -> None:
    answer = body.hand_in(("a.csv", faulty(body.site)), ("b.csv", register(body.site)), ("c.csv", ""))
    assert answer.status_code == 422
    assert answer.text.count('<a href="/depots/') == 2 and "c.csv</strong> n’a pas été reçu" in answer.text


def test_nothing_chosen_is_told(body: Declarant) -> None:
    answer = body.agent.post(f"{body.page}/deposer", {"table": ""}, files=[("autre", ("", b""))])
    assert "Aucun fichier" in answer.text


def test_a_file_name_and_a_cell_are_text_in_every_page(body: Declarant) -> None:
    hostile = "<script>alert(1)</script>"
    deposit = place(body.hand_in(("<img src=x onerror=alert(1)>.csv", faulty(body.site, f'"{hostile}"'))))
    for page in (deposit, body.page, f"{deposit}/apercu"):
        shown = body.agent.get(page).text
        assert hostile not in shown and "<img src=x" not in shown


def test_a_workbook_that_was_taken_and_filled_in_is_accepted(body: Declarant) -> None:
    taken = body.agent.get(f"{body.page}/modele.xlsx?table=declarations&annee={YEAR}")
    book = openpyxl.load_workbook(io.BytesIO(taken.content))
    sheet = book["declarations"]
    names = [cell.value for cell in sheet[2]]
    figures: dict[str, int | str] = {"energie_totale_kwh": 314870, "energie_it_kwh": 175120, "qualite_mesure": "mesure"}
    for name, value in figures.items():
        sheet.cell(3, names.index(name) + 1, value)
    filled = io.BytesIO()
    book.save(filled)
    deposit = place(body.hand_in(("modèle rempli.xlsx", filled.getvalue())))
    assert "La ligne est acceptée" in body.agent.get(deposit).text
    place(body.confirm(deposit))
    [row] = [row for row in body.rows("declarations") if row["annee"] == str(YEAR)]
    assert (row["energie_it_kwh"], row["perimetre"]) == ("175120", "dedie")


def test_a_site_is_added_changed_and_closed(body: Declarant) -> None:
    new = {"siret": body.site[:14], "nom_site": "Salle B", "code_insee": "75107", "type_hebergement": "colocation"}
    place(body.confirm(place(body.agent.post(f"{body.page}/sites/ajouter", new))))
    added = f"{body.site[:14]}-02"
    assert [row["id_centre"] for row in body.rows("centres")] == [body.site, added]
    closing = {"nom_site": "Salle B", "date_fermeture": "2024-06-30"}
    deposit = place(body.agent.post(f"{body.page}/sites/{added}", closing))
    preview = body.agent.get(f"{deposit}/apercu").text
    assert "Ce qui remplace votre dépôt précédent" in preview and "Date de fermeture" in preview
    place(body.confirm(deposit))
    [_, row] = body.rows("centres")
    assert (row["date_fermeture"], row["type_hebergement"]) == ("2024-06-30", "colocation")


def new_body(shared: Service) -> Declarant:
    """A body of which nothing is known yet, and its agent."""
    siren = next(_sirens())
    with shared.database.session() as session:
        delegations.body(session, siren, f"Commune {siren}")
    person(shared.database, f"agent@{siren}.fr", siren)
    mail = f"agent@{siren}.fr"
    return Declarant(shared, siren, site_of(siren), mail, shared.browser(mail))


def added(body: Declarant, name: str) -> str:
    """A site that was typed and not confirmed: its deposit."""
    page = f"{body.page}/sites/ajouter"
    return place(body.agent.post(page, {"siret": body.site[:14], "nom_site": name}, page=page))


def test_the_first_site_of_a_body_waits_to_be_confirmed_and_its_page_says_so(shared: Service) -> None:
    body, manager = new_body(shared), shared.browser(MANAGER_MAIL)
    empty, seen = body.agent.get(body.page).text, manager.get(body.page).text
    assert "Ajoutez le premier" in empty and "Vos centres" in empty
    assert "C’est à l’organisme d’y inscrire les siens" in seen and "Ses centres" in seen and "Ajoutez" not in seen
    deposit = added(body, "Salle neuve")
    for path in ("", "/sites", "/declarer"):
        page = body.agent.get(f"{body.page}{path}").text
        assert f'attend votre confirmation\u202f: <a href="{deposit}">' in page and "Ajoutez le premier" not in page
    assert "attend la confirmation de l’organisme" in manager.get(body.page).text
    body.confirm(deposit)
    page = body.agent.get(body.page).text
    assert "attend votre confirmation" not in page and "1\xa0centre sur 1" in page


def test_two_sites_that_wait_have_each_its_number(shared: Service) -> None:
    body = new_body(shared)
    one, two = added(body, "Salle A"), added(body, "Salle B")
    page = body.agent.get(body.page).text
    assert "Des dépôts de centres attendent votre confirmation" in page
    for deposit in (one, two):
        body.confirm(deposit)
    assert [row["id_centre"][-2:] for row in body.rows("centres")] == ["01", "02"]


def test_a_body_whose_sites_are_all_closed_has_nothing_to_declare(body: Declarant) -> None:
    page = f"{body.page}/sites/{body.site}"
    row = {name: body.rows("centres")[0][name] for name in ("nom_site", "type_hebergement", "code_insee")}
    closed = place(body.agent.post(page, row | {"date_fermeture": f"{YEAR - 1}-06-30"}, page=page))
    body.confirm(closed)
    assert f"Aucun centre du registre n’était ouvert en {YEAR}" in body.agent.get(body.page).text


@pytest.mark.parametrize(
    ("sites", "said"),
    [
        (0, "Aucun centre n’est encore à votre registre"),
        (1, "Votre centre y est déjà"),
        (2, "Vos 2 centres y sont déjà"),
    ],
)
def test_the_page_of_the_templates_counts_in_french(shared: Service, sites: int, said: str) -> None:
    body = new_body(shared)
    for number in range(sites):
        deposit = added(body, f"Salle {number}")
        body.confirm(deposit)
    assert said in body.agent.get(f"{body.page}/modele").text
    missing = {1: "1\xa0centre sur 1</strong> reste", 2: "2\xa0centres sur 2</strong> restent"}
    assert missing.get(sites, "Aucun centre") in body.agent.get(body.page).text


def test_readings_of_a_part_of_a_year_are_told_to_give_no_figure(body: Declarant) -> None:
    text = f"id_centre,poste,date_debut,date_fin,energie_kwh\n{body.site},total,{YEAR}-01-01,{YEAR}-01-31,26000\n"
    preview = body.agent.get(f"{place(body.hand_in(('factures.csv', text)))}/apercu").text
    assert "ne couvrent pas chaque jour de l’année" in preview and "valeur-cle" not in preview


def test_a_bill_of_a_month_leaves_the_year_to_declare(body: Declarant) -> None:
    head = "id_centre,poste,date_debut,date_fin,energie_kwh\n"
    january = f"{body.site},total,{YEAR}-01-01,{YEAR}-01-31,26000\n"
    place(body.confirm(place(body.hand_in(("janvier.csv", head + january)))))
    page = body.agent.get(body.page).text
    assert "Relevé en partie" in page and "1 centre sur 1" in page.replace("\xa0", " ").replace("\u202f", " ")
    rest = f"{body.site},total,{YEAR}-02-01,{YEAR}-12-31,290000\n"
    place(body.confirm(place(body.hand_in(("reste.csv", head + rest)))))
    assert f"Votre centre a déclaré l’année {YEAR}" in body.agent.get(body.page).text


def test_a_site_of_another_body_is_refused_beside_its_field(body: Declarant) -> None:
    refused = body.agent.post(f"{body.page}/sites/ajouter", {"siret": f"{OTHER}00019", "nom_site": "Ailleurs"})
    assert refused.status_code == 422 and "SIREN de l’organisme" in refused.text


def test_the_template_holds_the_sites_of_the_body(body: Declarant) -> None:
    answer = body.agent.get(f"{body.page}/modele.csv?table=declarations&annee={YEAR}")
    [row] = csv.DictReader(answer.content.decode("utf-8-sig").splitlines(), delimiter=";")
    assert (row["id_centre"], row["annee"], row["surface_totale_m2"]) == (body.site, str(YEAR), "80")
    assert body.agent.get(f"{body.page}/modele.xlsx?table=centres").content.startswith(b"PK")
    assert body.agent.get(f"{body.page}/modele.xlsx?table=comptes").status_code == 400


def test_each_unusual_value_is_said_to_be_right_or_commented(body: Declarant) -> None:
    # Three times last year's energies: unusual beside what was declared before, which only the preview can see.
    text = f"id_centre,annee,energie_totale_kwh,energie_it_kwh\n{body.site},{YEAR},967200,528900\n"
    deposit = place(body.hand_in(("d.csv", text)))
    page = body.agent.get(f"{deposit}/apercu").text
    asked = re.findall(r'name="relu-([0-9a-f]+)"', page)
    assert asked and page.count(f"<strong>Salle A ({body.site}) · {YEAR}</strong>") == len(asked)
    refused = body.agent.post(f"{deposit}/confirmer", page=f"{deposit}/apercu")
    assert refused.status_code == 422 and refused.text.count('aria-invalid="true"') == len(asked)
    said = {f"commentaire-{key}": f"Baie déménagée <b>{key}</b>" for key in asked}
    answer = body.agent.post(f"{deposit}/confirmer", said | {"commentaire": "Travaux."}, page=f"{deposit}/apercu")
    receipt = body.agent.get(place(answer)).text
    assert "Travaux." in receipt and "<b>" not in receipt
    assert all(f"Baie déménagée &lt;b&gt;{key}" in receipt for key in asked)


def test_a_row_that_no_edition_will_take_is_told_from_the_check_to_the_receipt(body: Declarant) -> None:
    unknown = f"{body.site[:14]}-07"
    text = f"id_centre,annee,energie_totale_kwh,energie_it_kwh\n{unknown},{YEAR},200000,120000\n"
    deposit = place(body.hand_in(("d.csv", text)))
    told = "Un centre n’est pas au registre"
    check = body.agent.get(deposit).text
    assert told in check and unknown in check and f'{body.page}/sites/ajouter"' in check
    preview = body.agent.get(f"{deposit}/apercu").text
    assert "ce centre n’est pas au registre" in preview and "il manque les énergies" not in preview
    waiting = place(body.hand_in(("registre.csv", register(unknown))))
    assert "La ligne est acceptée" in body.agent.get(waiting).text
    assert f'inscription attend : <a href="{waiting}"' in body.agent.get(deposit).text
    receipt = place(body.confirm(deposit))
    assert told in body.agent.get(receipt).text
    assert told in body.agent.get(body.page).text and "Il ne manque rien" not in body.agent.get(body.page).text
    place(body.confirm(waiting))
    assert told not in body.agent.get(body.page).text
    assert told not in body.agent.get(receipt).text


def test_a_receipt_says_that_a_later_deposit_gives_its_rows_again(body: Declarant) -> None:
    """Row by row, as nobody said that the second replaces the first."""
    head = "id_centre,annee,energie_totale_kwh,energie_it_kwh\n"
    years = [f"{body.site},{year},322400,176300\n" for year in (YEAR, YEAR - 2)]
    first = place(body.confirm(place(body.hand_in(("a.csv", head + "".join(years))))))
    assert "plus récent" not in body.agent.get(first).text
    place(body.confirm(place(body.hand_in(("b.csv", head + years[0].replace("322400", "322500"))))))
    assert "Un dépôt plus récent redonne une de ses lignes" in body.agent.get(first).text
    place(body.confirm(place(body.hand_in(("c.csv", head + years[1].replace("322400", "322500"))))))
    assert "Un dépôt plus récent redonne toutes ses lignes" in body.agent.get(first).text
    assert body.agent.get(body.page).text.count("déclaré à nouveau par un dépôt plus récent") == 1


def test_a_correction_shows_what_it_replaces_and_that_it_compares_less_well(body: Declarant) -> None:
    names = "id_centre,annee,energie_totale_kwh,energie_it_kwh,qualite_mesure,categorie_mesure_it,perimetre,commentaire"
    whole = f"{names}\n{body.site},{YEAR},314870,175120,mesure,1,dedie,\n"
    place(body.confirm(place(body.hand_in(("a.csv", whole)))))
    settings = body.service.settings
    build = ["greencloud", "build", "--raw", str(settings.raw), "--published", str(settings.published)]
    subprocess.run([sys.executable, "-m", *build], check=True, capture_output=True)
    poorer = f"{names}\n{body.site},{YEAR},314880,175120,,,,Compteur changé\n"
    preview = body.agent.get(f"{place(body.hand_in(('b.csv', poorer)))}/apercu").text
    shutil.rmtree(settings.published)
    assert "Ce qui remplace votre dépôt précédent" in preview and "Ce qui change depuis 2024" in preview
    assert "en ligne : 314\u202f870" in preview.replace("\xa0", " ")
    assert "Il était comparable dans l’édition en ligne (classe C1-D-A-M)" in preview
    assert "Commentaire qui serait publié : « Compteur changé »" in preview


def test_a_confirmed_deposit_is_replaced_or_withdrawn_from_its_check_too(body: Declarant) -> None:
    deposit = place(body.hand_in(("d.csv", faulty(body.site, 175120))))
    receipt = place(body.confirm(deposit))
    page = body.agent.get(deposit).text
    assert f'href="{deposit}/retirer"' in page and f"deposer?remplace={deposit.rpartition('/')[2]}" in page
    place(body.agent.post(f"{deposit}/retirer", {"raison": "Mauvaise année."}))
    assert "Vous avez retiré ce dépôt après l’avoir confirmé" in body.agent.get(receipt).text


def test_a_receipt_leads_to_the_published_page_of_the_site(body: Declarant) -> None:
    deposit = place(body.hand_in(("d.csv", faulty(body.site, 175120))))
    receipt = place(body.confirm(deposit))
    assert "Aucune édition n’est encore faite" in body.agent.get(receipt).text
    with published(body.service.settings, body.agent.get(receipt).text, body.site):
        page = body.agent.get(receipt).text
        assert f'href="{PUBLIC}/tableaux-de-bord/{links.site(body.site)}"' in page
        assert "Il est dans l’édition publiée 2026-05-20" in page


def test_an_operator_sees_how_long_checks_take_and_how_many_wait(body: Declarant) -> None:
    body.agent.get(place(body.hand_in(("d.csv", faulty(body.site)))))
    told = body.service.browser().get("/metrics").text
    [count] = re.findall(r'^portail_lecture_secondes_count\{travail="controler"\} (\S+)$', told, re.MULTILINE)
    assert float(count) >= 1 and 'portail_lectures_en_attente{travail="controler"} 0.0' in told


class published:
    """An edition that is out, and holds the deposit of a receipt with the page of its site."""

    def __init__(self, settings: Settings, receipt: str, site: str) -> None:
        self._current = settings.published / CURRENT
        folder = settings.published / "2026-05-20"
        page = folder / "tableaux-de-bord" / links.site(site)
        page.parent.mkdir(parents=True)
        page.write_text("")
        [sha256] = re.findall(r"\b[0-9a-f]{64}\b", receipt)
        (folder / "edition.json").write_text(f'{{"ingredients": {{"depots": [{{"sha256": "{sha256}"}}]}}}}')

    def __enter__(self) -> None:
        self._current.symlink_to("2026-05-20")

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._current.resolve())
        self._current.unlink()


def test_a_withdrawn_deposit_counts_no_more_and_keeps_its_history(body: Declarant) -> None:
    deposit = place(body.hand_in(("declarations.csv", faulty(body.site, 175120))))
    place(body.confirm(deposit))
    told = re.sub(r"\s", " ", body.agent.get(f"{deposit}/retirer").text)
    assert "2 lignes ne sont données par aucun autre dépôt : la prochaine édition ne les aura plus." in told
    assert "quelques mots" in body.agent.post(f"{deposit}/retirer", {"raison": " "}).text
    assert place(body.agent.post(f"{deposit}/retirer", {"raison": "compteur faux"})) == deposit
    assert [row["annee"] for row in body.rows("declarations")] == [str(YEAR - 1)]
    page = body.agent.get(deposit).text
    assert "a retiré le dépôt" in page and "a confirmé le dépôt" in page and "compteur faux" in page


def test_a_question_of_the_team_waits_on_the_page_of_the_body(body: Declarant) -> None:
    deposit = place(body.hand_in(("d.csv", faulty(body.site))))
    asking, answering = f"{deposit}/messages", "lire et répondre"
    place(body.service.browser(MANAGER_MAIL).post(asking, {"texte": "Est-ce le bon compteur ?"}))
    assert answering in body.agent.get(body.page).text
    place(body.agent.post(asking, {"texte": "Oui."}))
    assert answering not in body.agent.get(body.page).text
    history = body.agent.get(deposit).text
    assert "L’équipe de la campagne a écrit un message" in history and MANAGER_MAIL not in history


@pytest.mark.parametrize("mail", [OTHER_MAIL, MANAGER_MAIL, None])
def test_nobody_else_acts_for_the_body(body: Declarant, mail: str | None) -> None:
    deposit = place(body.hand_in(("declarations.csv", faulty(body.site))))
    stranger = body.service.browser(mail)
    acts = [f"{body.page}/{act}" for act in ("declarer", "deposer", "sites/ajouter", f"sites/{body.site}")]
    acts.append(f"{deposit}/retirer")
    reads = [body.page, *(f"{body.page}/{read}" for read in ("sites", "modele", "modele.csv"))]
    reads += [deposit, f"{deposit}/apercu"]
    refused = 303 if mail is None else 404
    assert [stranger.get(path).status_code for path in acts] == [refused] * len(acts)
    expected = 200 if mail == MANAGER_MAIL else refused
    assert [stranger.get(path).status_code for path in reads] == [expected] * len(reads)
    posts = [f"{deposit}/{act}" for act in ("confirmer", "corriger", "adopter", "retirer")]
    answers = {
        stranger.post(path, page="/donnees-personnelles" if mail else "/connexion").status_code for path in posts
    }
    assert answers == {404} if mail else answers <= {303, 403}


def test_a_file_takes_the_place_of_the_deposit_whose_receipt_led_to_it(body: Declarant) -> None:
    both = faulty(body.site, 175120)
    old = place(body.hand_in(("deux-lignes.csv", both)))
    place(body.confirm(old))
    [link] = re.findall(r'href="([^"]+)">Remplacer ce dépôt', body.agent.get(f"{old}/recu").text)
    asked = body.agent.get(link).text
    assert "Ce fichier remplacera deux-lignes.csv" in asked
    fields = {"remplace": re.findall(r'name="remplace" value="([^"]+)"', asked)[0]}
    parts = [("fichiers", ("une-ligne.csv", "\n".join(both.splitlines()[:2]).encode(), "text/csv"))]
    refused = body.agent.post(f"{body.page}/deposer", fields, page=link, files=parts * 2)
    assert (refused.status_code, "Un seul fichier" in refused.text) == (422, True)
    new = place(body.agent.post(f"{body.page}/deposer", fields, page=link, files=parts))
    place(body.confirm(new))
    assert sorted(row["annee"] for row in body.rows("declarations")) == [str(YEAR - 1), str(YEAR)]
    assert "a remplacé le dépôt" in body.agent.get(old).text


def test_nobody_replaces_the_deposit_of_another_body(body: Declarant, tmp_path: Path) -> None:
    other = declarant(body.service, tmp_path)
    theirs = place(other.hand_in(("d.csv", faulty(other.site))))
    assert body.agent.get(f"{body.page}/deposer?remplace={theirs.removeprefix('/depots/')}").status_code == 404


def test_a_deposit_whose_check_was_stopped_keeps_its_page_and_its_actions(body: Declarant) -> None:
    deposit = place(body.hand_in(("d.csv", faulty(body.site, 175120))))
    filing_id = deposit.removeprefix("/depots/")
    with body.service.database.session() as session:  # as `verdict.check` records it
        filing = session.get_one(Filing, filing_id)
        filing.etat, filing.programme = UNREADABLE, places.program()
    answer = body.agent.get(deposit)
    assert (answer.status_code, "trop de temps ou de mémoire" in answer.text) == (200, True)
    assert f'href="{deposit}/messages"' in answer.text and "a déposé le fichier" in answer.text
    assert f'href="{deposit}/retirer"' in answer.text
    place(body.agent.post(f"{deposit}/retirer", {"raison": "trop lourd"}))
    page = body.agent.get(deposit).text  # nor does the page of what was withdrawn start the check again
    assert "a retiré le dépôt" in page and "trop de temps ou de mémoire" in page


def test_previews_that_wait_for_the_worker_hold_no_thread_of_the_pages(body: Declarant) -> None:
    deposit = place(body.hand_in(("d.csv", faulty(body.site, 175120))))
    body.agent.get(deposit)
    room = filings.crew._room
    with ThreadPoolExecutor(45) as crowd:
        for _ in range(AT_ONCE):
            room.acquire()
        try:
            waiting = [crowd.submit(body.agent.get, f"{deposit}/apercu") for _ in range(45)]
            wait(waiting, 2)
            assert body.service.browser().get("/connexion", timeout=10).status_code == 200
        finally:
            for _ in range(AT_ONCE):
                room.release()
        assert {each.result().status_code for each in waiting} == {200}


def test_forms_that_wait_for_the_worker_hold_no_thread_of_the_pages(body: Declarant) -> None:
    room, key = filings.crew._brief, {"csrf": csrf(body.agent.get(f"{body.page}/declarer").text)}
    forms = [
        (f"{body.page}/declarer", key | typed(body, "x", 1)),
        (f"{body.page}/sites/{body.site}", key | {"code_insee": "x"}),
    ]
    with ThreadPoolExecutor(90) as crowd:
        for _ in range(AT_ONCE):
            room.acquire()
        try:
            waiting = [crowd.submit(body.agent.client.post, path, data=given) for path, given in forms * 45]
            wait(waiting, 5)
            assert body.service.browser().get("/connexion", timeout=10).status_code == 200
        finally:
            for _ in range(AT_ONCE):
                room.release()
        assert {each.result().status_code for each in waiting} == {422}


def test_a_form_whose_check_was_interrupted_keeps_what_was_typed(
    body: Declarant, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, given in (
        (f"{body.page}/declarer", typed(body, 314_871, 175_121, commentaire="Un hiver doux")),
        (f"{body.page}/sites/{body.site}", {"nom_site": "Salle du fond"}),
        (f"{body.page}/sites/ajouter", {"siret": body.site[:14], "nom_site": "Salle neuve"}),
    ):
        assert body.agent.get(path).status_code == 200  # what stands is read
        with monkeypatch.context() as gone:
            gone.setattr(filings.crew, "_ask", lambda *_: None)  # what it gives when the worker ends meanwhile
            answer = body.agent.post(path, given)
        assert (answer.status_code, answer.headers.get("retry-after")) == (503, "60")
        assert "Recommencez dans une minute" in answer.text
        shown = set(re.findall(r'value="([^"]*)"', answer.text))
        assert {value for name, value in given.items() if name not in ("perimetre", "qualite_mesure")} <= shown
    place(body.agent.post(f"{body.page}/declarer", typed(body, 314_871, 175_121)))
