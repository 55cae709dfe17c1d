"""An edition is published whole and unaltered, or refused with a sentence."""

from pathlib import Path

import pytest

from greencloud.datagouv import edition
from greencloud.datagouv.errors import Unfit
from tests.datagouv import editions


def test_an_altered_file_is_refused(tmp_path: Path) -> None:
    folder = editions.write(tmp_path)
    (folder / "rejets.csv").write_text("autre\n", encoding="utf-8")
    (folder / "ajout.txt").write_text("de trop\n", encoding="utf-8")
    with pytest.raises(Unfit, match=r"modifiée depuis qu'elle est faite \(ajout\.txt, rejets\.csv\)"):
        edition.read(folder)


def test_a_lost_file_is_refused(tmp_path: Path) -> None:
    folder = editions.write(tmp_path)
    (folder / "regles.md").unlink()
    with pytest.raises(Unfit, match=r"regles\.md"):
        edition.read(folder)


def test_a_folder_that_is_no_edition_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unfit, match="il y manque SHA256SUMS"):
        edition.read(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"id": 3}', '{"id": "x"}'])
def test_broken_descriptors_are_refused(tmp_path: Path, text: str) -> None:
    folder = editions.write(tmp_path)
    name = "datapackage.json" if text == '{"id": "x"}' else "edition.json"
    (folder / name).write_text(text, encoding="utf-8")
    editions.seal(folder)
    with pytest.raises(Unfit, match=r"datapackage\.json ou edition\.json"):
        edition.read(folder)


@pytest.mark.parametrize("synthetic", [True, False])
def test_fabricated_rows_are_seen_in_the_rows(tmp_path: Path, synthetic: bool) -> None:
    found = edition.read(editions.write(tmp_path, synthetic=synthetic))
    assert found.is_synthetic is synthetic
    assert found.synthetic_tables == (("indicateurs_annuels.parquet",) if synthetic else ())


def test_a_package_that_hides_fabricated_rows_is_not_believed(tmp_path: Path) -> None:
    found = edition.read(editions.write(tmp_path, synthetic=True, changes={"greencloud:synthetique": "aucune"}))
    assert found.is_synthetic


def test_the_link_is_followed_once(tmp_path: Path) -> None:
    folder = editions.write(tmp_path / "editions" / "une")
    (tmp_path / "current").symlink_to("editions/une")
    assert edition.read(tmp_path / "current").folder == folder.resolve()
