"""What opens a door at Acme is worth nothing at another tenant's, nor at the operators'."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from tenants.context import inside
from tests.isolation.walks import Walker, everything
from tests.isolation.worlds import World

ELSEWHERE = ["globex", "platform"]
NEW = "an entirely new passphrase"


def stranger(slug: str) -> Client:
    return Walker(slug, "anonymous").client


def sent_to_log_in(client: Client, path: str) -> bool:
    response = client.get(path)
    return response.status_code == 302 and response.headers["Location"].startswith("/login/")


@pytest.mark.parametrize("slug", ELSEWHERE)
def test_a_session_of_acme_is_nobodys_elsewhere(world: World, slug: str) -> None:
    alice, there = Walker("acme", "admin", user=1), stranger(slug)
    there.cookies.update(alice.client.cookies)
    assert alice.ask("GET", "/admin/").status_code == 200
    assert sent_to_log_in(there, "/admin/")
    assert slug == "platform" or there.get("/api/v1/me/").status_code == 401


@pytest.mark.parametrize("slug", ["acme", "globex"])
def test_an_operators_session_is_nobodys_at_a_tenant(world: World, slug: str) -> None:
    olga, there = Walker("platform", "operator", user=1), stranger(slug)
    there.cookies.update(olga.client.cookies)
    assert olga.ask("GET", "/admin/").status_code == 200
    assert sent_to_log_in(there, "/admin/")
    assert sent_to_log_in(there, "/")
    assert there.get("/api/v1/me/").status_code == 401


@pytest.mark.parametrize("scope", ["read", "write", "admin"])
def test_a_key_of_acme_opens_nothing_elsewhere(world: World, scope: str) -> None:
    key = {"HTTP_AUTHORIZATION": f"Bearer {world['acme'][f'key {scope}']}"}
    assert stranger("acme").get("/api/v1/me/", **key).json()["tenant"] == "acme"  # type: ignore[arg-type]
    assert stranger("globex").get("/api/v1/me/", **key).status_code == 401  # type: ignore[arg-type]
    assert stranger("platform").get("/api/v1/me/", **key).status_code == 404  # type: ignore[arg-type]


@pytest.mark.parametrize("slug", ELSEWHERE)
def test_a_csrf_token_of_acme_lets_nothing_be_sent_elsewhere(world: World, slug: str) -> None:
    here, there = csrf_browser("acme"), csrf_browser(slug)
    token, own = csrf_token(here), csrf_token(there)
    form = {"language": "pl", "csrfmiddlewaretoken": token}
    assert there.post("/language/", form).status_code == 403
    assert here.post("/language/", form).status_code == 302
    assert there.post("/language/", form | {"csrfmiddlewaretoken": own}).status_code == 302


def csrf_browser(slug: str) -> Client:
    return Client(enforce_csrf_checks=True, headers={"host": f"{slug}.localhost"})


def csrf_token(client: Client) -> str:
    text = client.get("/login/").content.decode()
    (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', text))
    return str(token)


def reset_link(email: str) -> str:
    """The path of the link that Acme mails to somebody who forgot the password."""
    before = len(mail.outbox)
    assert stranger("acme").post("/password/reset/", {"email": email}).status_code == 302
    (letter,) = mail.outbox[before:]
    (path,) = re.findall(r"http://acme\.localhost(/\S+)", str(letter.body))
    return str(path)


def takes_new_password(client: Client, path: str) -> bool:
    """Follow a link as a browser does; true when there is a form for a new password."""
    response = client.get(path, follow=True)
    return response.status_code == 200 and 'name="password1"' in response.content.decode()


@pytest.fixture(scope="module")
def the_same_person_everywhere(world: World) -> str:
    """The hardest case: the very row of a person of Acme, hash and all, at the others too."""
    with inside("acme"):
        user = User.objects.create_user(email="twin@x.test", password=NEW)
        values = User.objects.filter(pk=user.pk).values().get()
    for slug in ELSEWHERE:
        with inside(slug):
            User.objects.filter(pk=user.pk).delete()
            User(**values).save(force_insert=True)
    return "twin@x.test"


@pytest.mark.parametrize("slug", ELSEWHERE)
def test_a_reset_link_of_acme_opens_nothing_elsewhere(
    the_same_person_everywhere: str, slug: str
) -> None:
    path = reset_link(the_same_person_everywhere)
    assert not takes_new_password(stranger(slug), path)
    assert takes_new_password(stranger("acme"), path)


def test_what_a_reset_session_of_acme_holds_is_worth_nothing_elsewhere(world: World) -> None:
    # allauth keeps the key in the session and shows the form at a path without it.
    with inside("acme"):
        User.objects.create_user(email="twice@x.test", password=NEW)
    here, there = stranger("acme"), stranger("globex")
    landed = here.get(reset_link("twice@x.test"), follow=True).redirect_chain[-1][0]
    there.cookies.update(here.cookies)
    assert takes_new_password(here, landed)
    assert not takes_new_password(there, landed)
    with inside("acme"):  # nobody whom the other tenant has not
        User.objects.get(email="twice@x.test").delete()


def test_an_unknown_host_is_a_404_that_names_no_tenant(world: World) -> None:
    for host in ("localhost", "nobody.localhost", "acme.globex.localhost"):
        response = Client(headers={"host": host}).get("/")
        assert response.status_code == 404
        assert "canary" not in everything(response)  # type: ignore[arg-type]
