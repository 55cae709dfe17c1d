"""HEAD is answered as GET is, without a body: monitors and link checkers ask so."""

import pytest

from tests.portal.service import AGENT_MAIL, SIREN, Service

VARIES = {"date", "set-cookie", "x-request-id"}


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        (None, "/", 200),
        (None, "/connexion", 200),
        (None, "/sante/pret", 200),
        (None, f"/organismes/{SIREN}", 303),
        (None, "/nulle-part", 404),
        (None, "/static/portail.css", 200),
        (None, "/api/v1/openapi.json", 200),
        (None, "/api/v1/depots", 401),
        (AGENT_MAIL, f"/organismes/{SIREN}", 200),
        (AGENT_MAIL, f"/organismes/{SIREN}/modele.xlsx", 200),
    ],
)
def test_a_head_has_the_head_of_the_page_and_no_body(shared: Service, who: str | None, path: str, status: int) -> None:
    browser = shared.browser(who)
    whole, head = browser.get(path), browser.client.head(path)
    assert (whole.status_code, head.status_code, head.content) == (status, status, b"")
    assert {name: head.headers[name] for name in head.headers if name not in VARIES} == {
        name: whole.headers[name] for name in whole.headers if name not in VARIES
    }


def test_what_only_a_form_may_ask_stays_closed_to_it(shared: Service) -> None:
    assert shared.browser(AGENT_MAIL).client.head("/deconnexion").status_code == 405
