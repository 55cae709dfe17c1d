"""Each refusal of the platform is one clear French message, whatever the shape of its answer."""

from typing import Any

import pytest

from greencloud.datagouv import messages


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"message": "Dataset has been deleted"}, "Dataset has been deleted"),
        (
            {"errors": {"title": ["Ce champ est requis."], "tags": ["trop court"]}},
            "title : Ce champ est requis. ; tags : trop court",
        ),
        ({"errors": {"schema": {"name": ["inconnu"]}}, "message": "Validation"}, "schema : name (inconnu)"),
        ({"errors": {"resources": [{"url": ["faux"]}, "x"]}}, "resources : url (faux), x"),
        ({"success": False, "error": "Chunk size mismatch", "message": ""}, "Chunk size mismatch"),
        ({"message": "  deux\n lignes "}, "deux lignes"),
        ({"errors": {}, "message": None}, ""),
        (None, ""),
        (["x"], ""),
        ({"message": "x" * 600}, "x" * 499 + "…"),
    ],
)
def test_the_platforms_own_words_are_found_in_every_shape(answer: Any, words: str) -> None:
    assert messages.detail(answer) == words


@pytest.mark.parametrize(
    ("status", "detail", "sentence"),
    [
        (400, "tags : trop court", "(400, « tags : trop court »). Corrigez ces valeurs"),
        (400, "This file type is not allowed", "n'accepte pas ce type de fichier"),
        (401, "Invalid API token", "(401). Le jeton est absent, faux, révoqué ou expiré."),
        (403, "", "(403). Ce compte n'en a pas le droit."),
        (404, "did you mean", "(404). Il n'est pas, ou plus, sur cette plateforme."),
        (405, "", "n'est pas celle d'une plateforme udata"),
        (409, "DOI", "verrouillé, par un DOI"),
        (410, "", "a été supprimé. Restaurez-le"),
        (413, "", "trop gros pour la plateforme"),
        (415, "", "du HTML, par exemple"),
        (418, "théière", "(418, « théière »). La plateforme n'accepte pas cette demande."),
        (423, "", "en lecture seule"),
        (429, "", "Trop de demandes"),
        (500, "", "une panne de la plateforme, pas de votre édition"),
        (599, "", "une panne de la plateforme"),
    ],
)
def test_every_status_says_what_to_do(status: int, detail: str, sentence: str) -> None:
    told = messages.refusal("Créer le jeu de données", status, detail)
    assert told.startswith("Créer le jeu de données : ")
    assert sentence in told
