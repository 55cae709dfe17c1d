"""Signing in through an OpenID provider: a real one in a process of its own, honest, then lying in each place."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from portal import accounts, delegations
from portal.models import AGENT, Account
from portal.settings import Settings
from tests.portal import provider as program
from tests.portal.service import AGENT_MAIL, SIREN, Browser, Service, running

SUBJECT, ADDRESS = "42", "camille.martin@exemple.fr"


@dataclass(frozen=True)
class Provider:
    """The process, as a browser and the tests reach it."""

    address: str

    def set(self, **given: Any) -> None:
        """Have it answer otherwise."""
        httpx.post(f"{self.address}/_reglages", content=json.dumps(given), verify=False).raise_for_status()

    def sign_in(self, browser: Browser, start: str = "/oidc/depart") -> httpx.Response:
        """The whole way: to the provider, and back with what it says."""
        return browser.get(self.visited(browser, start))

    def sessions(self) -> list[str]:
        """Who is signed in there."""
        found: list[str] = httpx.get(f"{self.address}/_sessions", verify=False).json()
        return found

    def visited(self, browser: Browser, start: str = "/oidc/depart") -> str:
        """To the provider, and the path by which it sends back."""
        there = browser.get(start)
        assert there.status_code == 303, there.text
        back = urlsplit(httpx.get(there.headers["location"], verify=False).headers["location"])
        return f"{back.path}?{back.query}"


@pytest.fixture(scope="module")
def process() -> Iterator[str]:
    with program.process() as address:
        yield address


@pytest.fixture
def provider(process: str) -> Provider:
    made = Provider(process)
    made.set()
    return made


@pytest.fixture(scope="module")
def other_settings(process: str) -> dict[str, Any]:
    return {"oidc_issuer": process, "oidc_client": program.CLIENT, "oidc_secret": program.SECRET}


@pytest.fixture
def portal(anew: Service) -> Service:
    forgotten(anew)
    return anew


def forgotten(service: Service) -> None:
    """What a provider says of itself is kept for an hour."""
    if hasattr(service.app.state, "provider"):
        del service.app.state.provider


def known(service: Service, *, subject: str | None = SUBJECT, mail: str = ADDRESS) -> Account:
    """Somebody with an account, tied to their identity unless `subject` is None."""
    with service.database.session() as session:
        tied = (service.settings.oidc_issuer, subject) if subject else None
        account = accounts.created(session, mail=mail, name="Camille Martin", oidc=tied)
        delegations.granted(session, account.id, SIREN, by=None)
    return account


def signed_in(browser: Browser) -> bool:
    return "Se déconnecter" in browser.get("/mot-de-passe").text


WAYS: tuple[dict[str, Any], ...] = (
    {},
    {"auth": "client_secret_basic", "sign": "ES256"},
    {"auth": "client_secret_basic", "jwt": False},
    {"sign": "ES256", "jwt": False},
)


def test_somebody_known_signs_in(portal: Service, provider: Provider) -> None:
    known(portal)
    for way in WAYS:
        provider.set(**way)
        forgotten(portal)
        browser = portal.browser()
        answer = provider.sign_in(browser, "/oidc/depart?suite=/organismes/130025265")
        assert (answer.status_code, answer.headers.get("location")) == (303, "/organismes/130025265"), way
        assert signed_in(browser) and "pas de mot de passe ici" in browser.get("/mot-de-passe").text
        assert not any("oidc" in name for name in browser.client.cookies)


def test_the_way_to_the_provider_is_guarded(portal: Service) -> None:
    there = portal.browser().get("/oidc/depart")
    query = {name: values[0] for name, values in parse_qs(urlsplit(there.headers["location"]).query).items()}
    assert query["code_challenge_method"] == "S256" and query["response_type"] == "code"
    assert min(len(query[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert query["redirect_uri"] == f"{portal.settings.address}/oidc/retour"
    cookie = there.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/oidc" in cookie


LIES: dict[str, dict[str, Any]] = {
    "no signature": {"sign": "none"},
    "our public key as a secret": {"sign": "HS256"},
    "a stranger's key": {"sign": "stranger"},
    "another issuer": {"claims": {"iss": "http://127.0.0.1:1"}},
    "another client": {"claims": {"aud": "autre"}},
    "several clients, none named": {"claims": {"aud": [program.CLIENT, "autre"]}},
    "another party": {"claims": {"azp": "autre"}},
    "another sign-in": {"claims": {"nonce": "x" * 43}},
    "no nonce": {"claims": {"nonce": None}},
    "expired": {"claims": {"exp": 1}},
    "without end": {"claims": {"exp": None}},
    "an end that is no number": {"claims": {"exp": "demain"}},
    "old": {"claims": {"iat": 1}},
    "without date": {"claims": {"iat": None}},
    "nobody": {"claims": {"sub": None}},
    "somebody else's details": {"userinfo": {"sub": "43"}},
    "somebody else's details, in the clear": {"userinfo": {"sub": "43"}, "jwt": False},
    "details for another client": {"userinfo": {"aud": "autre"}},
    "details from another issuer": {"userinfo": {"iss": "http://127.0.0.1:1"}},
    "a refusal": {"error": "access_denied"},
    "an answer that does not say whose it is": {"iss": False},
}


def test_each_lie_is_refused_in_one_french_sentence(portal: Service, provider: Provider) -> None:
    known(portal)
    for name, lie in LIES.items():
        provider.set(**lie)
        browser = portal.browser()
        answer = provider.sign_in(browser)
        assert answer.status_code in (400, 502), name
        assert "Recommence" in answer.text or "Réessayez" in answer.text, name
        assert not signed_in(browser), name
    provider.set()
    assert provider.sign_in(portal.browser()).status_code == 303


def test_another_browser_cannot_come_back(portal: Service, provider: Provider) -> None:
    """Session fixation: the attacker begins, the victim is sent the end."""
    known(portal)
    attacker, victim = portal.browser(), portal.browser()
    back = provider.visited(attacker)
    assert victim.get(back).status_code == 400 and not signed_in(victim)
    victim.get("/oidc/depart")
    assert victim.get(back).status_code == 400 and not signed_in(victim)
    assert attacker.get(back).status_code == 303


def test_a_return_serves_once(portal: Service, provider: Provider) -> None:
    known(portal)
    browser = portal.browser()
    back = provider.visited(browser)
    cookies = dict(browser.client.cookies)
    assert browser.get(back).status_code == 303
    assert browser.get(back).status_code == 400
    again = portal.browser()
    again.client.cookies.update({name: value for name, value in cookies.items() if "oidc" in name})
    assert again.get(back).status_code == 400 and not signed_in(again)


ELSEWHERE = (
    "//mechant.fr",
    "https://mechant.fr",
    "/\\mechant.fr",
    "\\\\mechant.fr",
    "javascript:x",
    "/a\r\nSet-Cookie: a=b",
)


def test_the_way_on_stays_in_the_portal(portal: Service, provider: Provider) -> None:
    known(portal)
    for suite in ELSEWHERE:
        answer = provider.sign_in(portal.browser(), f"/oidc/depart?{urlencode({'suite': suite})}")
        assert (answer.status_code, answer.headers.get("location")) == (303, "/"), suite


def test_new_keys_are_found(portal: Service, provider: Provider) -> None:
    known(portal)
    assert provider.sign_in(portal.browser()).status_code == 303
    portal.app.state.provider._keys_at -= 61  # keys are not fetched again within a minute: a stranger could ask for it
    provider.set(turn=True)
    assert provider.sign_in(portal.browser()).status_code == 303


def test_nobody_gets_an_account_without_an_invitation(portal: Service, provider: Provider) -> None:
    answer = provider.sign_in(portal.browser())
    assert answer.status_code == 403 and "invitation" in answer.text
    assert provider.sign_in(portal.browser(), "/oidc/depart?suite=/invitation/devine").status_code == 404
    with portal.database.reading() as session:
        assert accounts.by_mail(session, ADDRESS) is None


def test_an_invitation_opens_an_account(portal: Service, provider: Provider) -> None:
    with portal.database.session() as session:
        key, _ = delegations.invited(session, mail="c.martin@mairie.fr", siren=SIREN, by=None)
    browser = portal.browser()
    answer = provider.sign_in(browser, f"/oidc/depart?suite=/invitation/{key}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/invitation/{key}")
    with portal.database.reading() as session:
        made = accounts.by_oidc(session, portal.settings.oidc_issuer, SUBJECT)
    assert made is not None
    assert (made.courriel, made.nom, made.role, made.mot_de_passe) == (
        "c.martin@mairie.fr",
        "Camille Martin",
        AGENT,
        None,
    )
    assert browser.get(f"/organismes/{SIREN}").status_code == 404  # not before the invitation is accepted
    assert browser.post(f"/invitation/{key}/accepter", page=f"/invitation/{key}").status_code == 303
    assert browser.get(f"/organismes/{SIREN}").status_code == 200


def test_an_address_is_no_proof(portal: Service, provider: Provider) -> None:
    """Whoever may write any address at the provider does not get the account of that address."""
    who = {"sub": "77", "email": AGENT_MAIL, "given_name": "Quelqu’un", "usual_name": "D’autre"}
    provider.set(who=who)
    browser = portal.browser()
    answer = provider.sign_in(browser)
    assert answer.status_code == 409 and "mot de passe" in answer.text and not signed_in(browser)
    provider.set(who={**who, "email_verified": "true"})
    assert provider.sign_in(browser).status_code == 409
    provider.set(who={**who, "email_verified": True})
    assert provider.sign_in(browser).status_code == 303 and signed_in(browser)


def test_an_account_is_tied_by_whoever_is_signed_in_to_it(portal: Service, provider: Provider) -> None:
    browser = portal.browser(AGENT_MAIL)
    page = browser.get("/donnees-personnelles").text
    link = page.split('href="/oidc/depart', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    assert portal.browser().get(f"/oidc/depart{link}").status_code == 400  # nobody
    assert portal.browser(AGENT_MAIL).get(f"/oidc/depart{link}").status_code == 400  # another session of the same
    assert provider.sign_in(browser, f"/oidc/depart{link}").status_code == 303
    fresh = portal.browser()
    assert provider.sign_in(fresh).status_code == 303 and signed_in(fresh)
    assert "Relier mon compte" not in browser.get("/donnees-personnelles").text


def farewell(page: str) -> str:
    """The address that the page of a sign-out goes on to."""
    found = re.search(r'<meta http-equiv="refresh" content="0; url=([^"]+)">', page)
    assert found and f'href="{found[1]}"' in page, page
    return unescape(found[1])


def test_signing_out_ends_the_session_of_the_provider_too(portal: Service, provider: Provider) -> None:
    known(portal)
    browser = portal.browser()
    provider.sign_in(browser)
    assert provider.sessions() == [SUBJECT]
    left = browser.post("/deconnexion", page="/mot-de-passe")
    assert left.status_code == 200 and not signed_in(browser)
    back = httpx.get(farewell(left.text), verify=False)  # the provider checks each thing it is told
    assert back.status_code == 303, back.text
    assert provider.sessions() == []
    there = urlsplit(back.headers["location"])
    assert back.headers["location"].startswith(f"{portal.settings.address}/oidc/sortie?")
    assert "chez ProConnect" in browser.get(f"{there.path}?{there.query}").text
    assert browser.get(f"{there.path}?{there.query}").status_code == 303  # serves once
    assert portal.browser().get(f"{there.path}?{there.query}").status_code == 303  # in this browser alone


def test_a_provider_that_ends_no_session_is_said(portal: Service, provider: Provider) -> None:
    provider.set(logout=False)
    known(portal)
    browser = portal.browser()
    provider.sign_in(browser)
    left = browser.post("/deconnexion", page="/mot-de-passe")
    assert left.status_code == 200 and "reste peut-être ouverte" in left.text and not signed_in(browser)


def test_who_came_by_a_password_leaves_without_the_provider(portal: Service) -> None:
    browser = portal.browser(AGENT_MAIL)
    assert browser.post("/deconnexion", page="/mot-de-passe").headers["location"] == "/connexion"


def test_a_closed_account_stays_closed(portal: Service, provider: Provider) -> None:
    made = known(portal)
    with portal.database.session() as session:
        session.get_one(Account, made.id).actif = False
    answer = provider.sign_in(portal.browser())
    assert answer.status_code == 403 and "fermé" in answer.text


def test_a_provider_that_is_away_is_said(settings: Settings) -> None:
    away = replace(settings, oidc_issuer="http://127.0.0.1:1", oidc_client="a", oidc_secret="b")
    with running(away) as service:
        answer = service.browser().get("/oidc/depart")
    assert answer.status_code == 502 and "mot de passe" in answer.text


def test_without_a_provider_there_is_no_such_page(settings: Settings) -> None:
    with running(settings) as service:
        assert service.browser().get("/oidc/depart").status_code == 404
        assert service.browser().get("/oidc/retour?code=a&state=b").status_code == 404
        assert service.browser().get("/connexion").status_code == 200
