"""The API on the real server: receipts, refusals as problem details, another body's deposits, the command line."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from portal.access import READ, Visitor
from tests.portal import intake, postgresql, service
from tests.portal.conftest import placed
from tests.portal.intake import REGISTER, declared
from tests.portal.service import Service

ROOT = Path(__file__).parents[2]


def agents(portal: Service) -> tuple[Visitor, Visitor]:
    return (
        intake.agent(portal.database, service.AGENT_MAIL, service.SIREN),
        intake.agent(portal.database, service.OTHER_MAIL, service.OTHER),
    )


def client(portal: Service, visitor: Visitor, scope: str = "depot") -> httpx.Client:
    key = intake.token(portal.database, visitor, scope)
    return httpx.Client(base_url=f"{portal.address}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=60)


def refused(answer: httpx.Response, status: int) -> str:
    """The sentence of a refusal, in the form of RFC 9457."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert set(told) == {"type", "title", "status", "detail"} and told["status"] == status
    return str(told["detail"])


def test_the_whole_way(portal: Service) -> None:
    ours, _ = agents(portal)
    with client(portal, ours) as api:
        first = api.post("/depots", params={"nom": "registre.csv"}, content=REGISTER)
        assert first.status_code == 201, first.text
        told = first.json()
        assert (told["table"], told["etat"], told["controle"]["acceptees"]) == ("centres", "controle", 1)
        again = api.post("/depots", params={"nom": "registre.csv"}, content=REGISTER)
        assert (again.status_code, again.json()) == (200, told)
        path = f"/depots/{told['id']}"
        assert api.get(f"{path}/rapport").json()["valid"] is True
        assert api.get(f"{path}/corrige").text.startswith("id_centre,nom_site")
        done = api.post(f"{path}/confirmation", json={"commentaire": None})
        assert (done.status_code, done.json()["etat"]) == (200, "confirme")
        year = api.post("/depots", params={"nom": "d.csv"}, content=declared(2025, 150_000, 100_000)).json()
        seen = api.get(f"/depots/{year['id']}/apercu").json()
        assert seen["sites"][0]["indicateurs"]["pue_calcule"] == 1.5
        assert [one["id"] for one in api.get("/depots").json()["depots"]] == [year["id"], told["id"]]
        gone = api.post(f"{path}/retrait", json={"motif": "Essai."})
        assert gone.json()["etat"] == "retire"


def test_refusals_are_problems_in_french(portal: Service) -> None:
    ours, _ = agents(portal)
    bare = httpx.Client(base_url=f"{portal.address}/api/v1")
    with bare, client(portal, ours) as api, client(portal, ours, READ) as reader:
        assert "jeton" in refused(bare.get("/depots"), 401)
        assert "jeton" in refused(bare.get("/depots", headers={"Authorization": "Bearer faux"}), 401)
        assert "lecture" in refused(reader.post("/depots", params={"nom": "a.csv"}, content=REGISTER), 403)
        assert "vide" in refused(api.post("/depots", params={"nom": "a.csv"}), 422)
        assert "« nom » manque" in refused(api.post("/depots", content=REGISTER), 422)
        assert "« table »" in refused(api.post("/depots", params={"nom": "a", "table": "x"}, content="a"), 422)
        refused(api.get("/nulle-part"), 404)
        refused(api.delete("/depots"), 405)
        refused(api.get("/depots/../../etc/passwd"), 404)


def test_a_null_character_is_refused_and_breaks_nothing(portal: Service) -> None:
    """PostgreSQL refuses to be asked for one."""
    ours, _ = agents(portal)
    with client(portal, ours) as api:
        for given in ("\0", "2026-11-23\0", "hier"):
            assert "« avant »" in refused(api.get("/depots", params={"avant": given}), 422)
        for given in ("\0", "0" * 35 + "\0", "le premier"):
            asked = {"nom": "a.csv", "remplace": given}
            assert "« remplace »" in refused(api.post("/depots", params=asked, content=REGISTER), 422)
        told = api.post("/depots", params={"nom": "a.csv"}, content=REGISTER).json()
        assert api.get("/depots", params={"avant": told["recu_le"]}).json()["depots"] == []
        assert [one["id"] for one in api.get("/depots", params={"avant": "2100-01-01"}).json()["depots"]] == [
            told["id"]
        ]


def test_a_database_that_is_away_is_told_as_a_problem_and_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    programs = postgresql.programs()
    if programs is None:
        pytest.skip("no PostgreSQL on this machine (Debian: apt install postgresql)")
    with ExitStack() as end, ExitStack() as base:
        address = base.enter_context(postgresql.server(programs))
        portal = end.enter_context(service.running(placed(tmp_path, database=f"{address}/postgres")))
        service.peopled(portal.database)
        api = end.enter_context(client(portal, agents(portal)[0]))
        assert api.get("/depots").status_code == 200
        portal.database.close()  # the server ends once nobody is connected
        base.close()
        answer = api.get("/depots")
        assert "base de données" in refused(answer, 503) and answer.headers["retry-after"] == "60"
    faults = [fields for record in caplog.records if "pile" in (fields := getattr(record, "fields", {}))]
    assert {fault["erreur"] for fault in faults} <= {"OperationalError", "InterfaceError"}  # as the driver finds it
    assert len(faults) == 1 and "SELECT" not in str(faults)


def test_a_fault_and_a_race_are_problems_in_french(portal: Service) -> None:
    """What no code of ours would do: a table that refuses a second row, a report that was spoilt on the disk."""
    ours, _ = agents(portal)
    with client(portal, ours) as api:
        assert api.post("/depots", params={"nom": "b.csv"}, content=declared(2025, 150_000, 100_000)).status_code == 201
        with portal.database.session() as session:
            session.execute(text("CREATE UNIQUE INDEX secret ON depot (siren)"))
        raced = api.post("/depots", params={"nom": "a.csv"}, content=REGISTER)
        assert "secret" not in raced.text and "même chose" in refused(raced, 409)
        with portal.database.session() as session:
            session.execute(text("DROP INDEX secret"))
        path = f"/depots/{api.post('/depots', params={'nom': 'a.csv'}, content=REGISTER).json()['id']}"
        for report in portal.settings.data.glob("travail/*/*/report.json"):
            report.write_text("pas du JSON", encoding="utf-8")
        fault = api.get(f"{path}/rapport")
        assert "erreur imprévue" in refused(fault, 500) and fault.headers["x-request-id"] in fault.json()["detail"]


def test_a_body_beyond_its_limits_is_told_when_to_come_back(tmp_path: Path) -> None:
    """A script by problem details, a person by a page; what has a receipt keeps it."""
    with service.running(placed(tmp_path, daily_filings=1)) as portal:
        service.peopled(portal.database)
        with client(portal, agents(portal)[0]) as api:
            first = api.post("/depots", params={"nom": "a.csv"}, content=REGISTER)
            assert first.status_code == 201
            beyond = api.post("/depots", params={"nom": "d.csv"}, content=declared(2025, 150_000, 100_000))
            assert "24 heures" in refused(beyond, 429) and 0 < int(beyond.headers["retry-after"]) <= 24 * 3600
            again = api.post("/depots", params={"nom": "a.csv"}, content=REGISTER)
            assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
            assert api.post(f"/depots/{first.json()['id']}/confirmation", json={}).status_code == 200
        browser = portal.browser(service.AGENT_MAIL)
        page = f"/organismes/{service.SIREN}"
        files = [("fichiers", ("d.csv", declared(2025, 150_000, 100_000).encode(), "text/csv"))]
        for given in (files, [*files, ("fichiers", ("e.csv", b"a;b", "text/csv"))]):
            handed = browser.post(f"{page}/deposer", {"table": ""}, files=given)
            assert "24 heures" in handed.text
            assert handed.status_code == (429 if len(given) == 1 else 422)
        typed = {"nom_site": "Salle A bis", "organisme": "Direction"}
        there = browser.post(f"{page}/sites/{intake.SITE}", typed)
        assert there.status_code == 429 and "24 heures" in there.text and "<h1>" in there.text
        assert 0 < int(there.headers["retry-after"]) <= 24 * 3600


def test_another_body_s_deposit_is_not_found(portal: Service) -> None:
    ours, theirs = agents(portal)
    with client(portal, ours) as api, client(portal, theirs) as other:
        path = f"/depots/{api.post('/depots', params={'nom': 'a.csv'}, content=REGISTER).json()['id']}"
        for kind in ("", "/rapport", "/corrige", "/rejets", "/apercu"):
            refused(other.get(f"{path}{kind}"), 404)
        refused(other.post(f"{path}/confirmation", json={}), 404)
        refused(other.post(f"{path}/retrait", json={"motif": "x"}), 404)
        told = refused(
            other.post("/depots", params={"nom": "b.csv", "remplace": path[8:]}, content=REGISTER + "\n"), 404
        )
        nowhere = "00000000-0000-4000-8000-000000000000"
        assert told == refused(
            other.post("/depots", params={"nom": "b.csv", "remplace": nowhere}, content=REGISTER + "\n"), 404
        )
        assert other.get("/depots").json() == {"depots": [], "suivant": None}


def test_the_description_names_every_path_and_the_token(portal: Service) -> None:
    told = httpx.get(f"{portal.address}/api/v1/openapi.json").json()
    assert len(told["paths"]) == 8
    assert told["components"]["securitySchemes"]["jeton"]["scheme"] == "bearer"
    assert told["servers"] == [{"url": "/api/v1"}]


def deposit(portal: Service, file: Path, key: str, *more: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "greencloud", "deposit", str(file), "--table", "centres", "--url", portal.address]
    environment = {"GREENCLOUD_JETON": key, "PYTHONPATH": str(ROOT), "PATH": "/usr/bin"}
    return subprocess.run([*command, *more], capture_output=True, text=True, env=environment, check=False)


def test_the_command_line_deposits_and_confirms(portal: Service, tmp_path: Path) -> None:
    key = intake.token(portal.database, agents(portal)[0])
    file = tmp_path / "registre.csv"
    file.write_text(REGISTER, encoding="utf-8")
    done = deposit(portal, file, key, "--confirmer")
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 ligne acceptée, aucune rejetée" in done.stdout.replace("\u202f", " ")
    assert "Confirmé le" in done.stdout


@pytest.mark.parametrize(("key", "sentence"), [("", "GREENCLOUD_JETON"), ("gcn_faux", "jeton")])
def test_the_command_line_without_a_good_token(portal: Service, tmp_path: Path, key: str, sentence: str) -> None:
    file = tmp_path / "registre.csv"
    file.write_text(REGISTER, encoding="utf-8")
    done = deposit(portal, file, key)
    assert done.returncode == 2
    assert sentence in done.stderr
