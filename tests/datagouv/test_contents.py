"""What an edition should become on the platform: files, names, metadata, all worked out by hand."""

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from greencloud.datagouv import contents, edition, files, naming, territory, wanted
from greencloud.datagouv.errors import Unfit
from greencloud.datagouv.wanted import Dataset, Known
from tests.datagouv import editions

LISTED = frozenset({"csv", "json", "txt", "ttl", "zip"})
KNOWN = Known(LISTED, zone_known=True, licences=frozenset({"lov2"}), frequencies=frozenset({"annual"}))


def made(folder: Path, known: Known = KNOWN, **options: Any) -> tuple[Dataset, ...]:
    work = folder / "travail"
    work.mkdir(parents=True)
    return contents.datasets(edition.read(editions.write(folder / "edition", **options)), known, work)


def test_each_file_goes_to_its_dataset_in_order(tmp_path: Path) -> None:
    main, rejects = made(tmp_path)
    assert [(file.name, file.kind) for file in main.files] == [
        ("indicateurs-annuels.csv", "main"),
        ("edition-complete.zip", "other"),
        ("lisezmoi.txt", "documentation"),
        ("sha256sums.txt", "documentation"),
        ("regles.txt", "documentation"),
        ("schema-indicateurs-annuels.json", "documentation"),
        ("datapackage.json", "documentation"),
    ]
    assert [(file.name, file.kind) for file in rejects.files] == [
        ("rejets.csv", "main"),
        ("rapports-par-producteur.zip", "other"),
        ("regles.txt", "documentation"),
        ("schema-rejets.json", "documentation"),
    ]


def test_tables_carry_what_their_validation_says(tmp_path: Path) -> None:
    main, _ = made(tmp_path)
    said = {"gcn:validation:valid": "true", "gcn:validation:errors": "0", "gcn:validation:rows": "1"}
    assert [file.verdict for file in main.files] == [said, *({} for _ in main.files[1:])]


def test_parquet_goes_alone_where_the_platform_lists_it(tmp_path: Path) -> None:
    main, _ = made(tmp_path, Known(LISTED | {"parquet"}, True, frozenset(), frozenset()))
    assert [file.name for file in main.files][:2] == ["indicateurs-annuels.csv", "indicateurs-annuels.parquet"]


def test_metadata_say_everything_the_quality_score_asks_for(tmp_path: Path) -> None:
    main, rejects = made(tmp_path)
    assert main.metadata["license"] == "lov2"
    assert main.metadata["frequency"] == "annual"
    assert main.metadata["temporal_coverage"] == {"start": "2019-01-01", "end": "2023-12-31"}
    assert main.metadata["spatial"] == {"zones": ["country:fr"], "geom": None, "granularity": "country"}
    assert main.metadata["tags"] == ["centre-de-donnees", "pue"]
    assert main.metadata["private"] is False
    assert len(main.metadata["description"]) > 100
    assert "indicateurs 0.2.0" in main.metadata["description"]
    assert "mise à jour du 2026-05-15, Licence Ouverte 2.0" in main.metadata["description"]
    assert rejects.title == "Énergie des centres : rejets et rapports par producteur"
    assert main.extras["gcn:release"] == "2026-05-15-abcdef01"
    assert (main.mark, rejects.mark) == (("essai", "principal"), ("essai", "rejets"))
    assert all(file.description for dataset in (main, rejects) for file in dataset.files)


def test_a_table_names_its_schema(tmp_path: Path) -> None:
    main, _ = made(tmp_path)
    schema = main.files[0].schema
    assert schema is not None
    assert (schema.name, schema.version) == ("indicateurs", "0.2.0")
    assert schema.path == "schemas/indicateurs_annuels/schema.json"
    assert main.files[0].description.endswith("Schéma suivi : indicateurs, version 0.2.0.")


def test_the_package_bears_stable_addresses_once_all_are_known(tmp_path: Path) -> None:
    datasets = made(tmp_path)
    addresses = {
        item.key: {file.key: f"https://x/{item.key}/{file.name}" for file in item.files if not file.make}
        for item in datasets
    }
    assert datasets[0].files[-1].sha1 is None
    for key in addresses:  # its address in the other dataset will not do
        lacking = {**addresses, key: {path: url for path, url in addresses[key].items() if path != "regles.md"}}
        assert wanted.settled(datasets, lacking)[0].files[-1].sha1 is None
    ready = wanted.settled(datasets, addresses)[0].files[-1]
    assert ready.path is not None
    assert ready.sha1 == files.sha1(ready.path)
    assert [item["path"] for item in json.loads(ready.path.read_text(encoding="utf-8"))["resources"]] == [
        "https://x/principal/indicateurs-annuels.csv",
        "https://x/rejets/rejets.csv",
        "https://x/principal/regles.txt",
        "https://x/principal/schema-indicateurs-annuels.json",
        "https://x/rejets/schema-rejets.json",
    ]


def test_archives_hold_the_same_bytes_whatever_the_day(tmp_path: Path) -> None:
    one, two = made(tmp_path / "a"), made(tmp_path / "b")
    assert [file.sha1 for item in one for file in item.files] == [file.sha1 for item in two for file in item.files]
    whole = one[0].files[1].path
    assert whole is not None
    with zipfile.ZipFile(whole) as archive:
        assert archive.testzip() is None
        assert archive.read("essai-2026-05-15-abcdef01/indicateurs_annuels.csv").decode() == editions.ROWS
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_each_producer_has_a_report_of_its_own_rejects(tmp_path: Path) -> None:
    packed = made(tmp_path)[1].files[1].path
    assert packed is not None
    with zipfile.ZipFile(packed) as archive:
        assert sorted(archive.namelist()) == sorted(
            f"{producer}.{kind}"
            for producer in ("130025265", "999009988", "producteur-non-precise")
            for kind in ("csv", "html", "json")
        )
        page = archive.read("130025265.html").decode()
        rows = list(csv.DictReader(io.StringIO(archive.read("999009988.csv").decode())))
        told = json.loads(archive.read("producteur-non-precise.json"))
    assert "&lt;b&gt;9&lt;/b&gt;" in page
    assert "<b>9" not in page
    assert "Absent." not in page
    assert [row["message"] for row in rows] == ["Absent."]
    assert [row["ligne"] for row in told["rejets"]] == ["7"]


def test_without_the_zone_the_extent_is_given() -> None:
    spatial = territory.spatial(zone_known=False)
    assert spatial["zones"] is None
    assert len(spatial["geom"]["coordinates"]) == 6
    assert all(ring[0] == ring[-1] for (ring,) in spatial["geom"]["coordinates"])


def test_no_usable_year_gives_no_coverage(tmp_path: Path) -> None:
    main, _ = made(tmp_path, changes={"greencloud:couverture_temporelle": None})
    assert main.metadata["temporal_coverage"] is None


def test_a_table_is_never_left_out_in_silence(tmp_path: Path) -> None:
    with pytest.raises(Unfit, match=r"« indicateurs_annuels\.csv ».*Demandez"):
        made(tmp_path, Known(LISTED - {"csv"}, True, frozenset(), frozenset()))


def test_a_tag_that_the_platform_refuses_is_not_sent(tmp_path: Path) -> None:
    main, _ = made(tmp_path, changes={"keywords": ["IT", "x" * 97, "eau"]})
    assert main.metadata["tags"] == ["eau"]


def test_a_licence_without_an_equivalent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unfit, match=r"« MIT » de l'édition n'a pas d'équivalent.* etalab-2.0"):
        made(tmp_path, changes={"licenses": [{"name": "MIT"}]})


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        (Known(LISTED, True, frozenset({"fr-lo"}), frozenset({"annual"})), "ne connaît pas la licence « lov2 ».*--url"),
        (Known(LISTED, True, frozenset({"lov2"}), frozenset()), "ne connaît pas la fréquence « annual ».*--url"),
    ],
)
def test_what_the_platform_would_lose_is_refused(tmp_path: Path, known: Known, sentence: str) -> None:
    with pytest.raises(Unfit, match=sentence):
        wanted.refuse_unfit(made(tmp_path), known)


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    (main, _) = made(tmp_path)
    twice = Dataset(main.key, main.metadata, main.extras, (*main.files, main.files[0]))
    with pytest.raises(Unfit, match=r"même nom sur la plateforme : indicateurs-annuels\.csv.*renommez"):
        wanted.refuse_unfit((twice,), KNOWN)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("Déclarations Énergie (2025).CSV", "declarations-energie-2025.csv"),
        ("schemas/x_y/schema.json", "schema-x-y.json"),
        ("rapport_validation.schema.json", "rapport-validation-schema.json"),
        ("SHA256SUMS", "sha256sums.txt"),
        ("ouvrir.sql", "ouvrir.txt"),
        ("page.html", None),
        ("table.parquet", None),
    ],
)
def test_names_are_those_the_platform_keeps(path: str, name: str | None) -> None:
    assert naming.file_name(path, LISTED) == name
