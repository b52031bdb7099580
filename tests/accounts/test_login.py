"""Coming in and going out: by e-mail, at one's own tenant, within limits."""

from uuid import uuid4

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from tenants.context import inside
from tests import cast
from tests.accounts.browsers import NEW_PASSWORD, browser, is_in, log_in


def test_one_logs_in_by_email_whatever_its_case(person: User) -> None:
    for email in (person.email, person.email.upper(), f" {person.email} "):
        client = browser()
        response = log_in(client, email)
        assert (response.status_code, response.headers["Location"]) == (302, "/")
        assert is_in(client)


def test_one_comes_back_to_where_one_was(person: User) -> None:
    form = {"login": person.email, "password": cast.PASSWORD, "next": "/kpis/mrr/"}
    assert browser().post("/login/", form).headers["Location"] == "/kpis/mrr/"


@pytest.mark.parametrize(
    "place", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_one_is_sent_to_no_other_site(person: User, place: str) -> None:
    form = {"login": person.email, "password": cast.PASSWORD, "next": place}
    assert browser().post("/login/", form).headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_person_get_the_same_answer(person: User) -> None:
    wrong = log_in(browser(), person.email, "not the passphrase")
    unknown = log_in(browser(), "nobody@acme.test")
    assert wrong.status_code == unknown.status_code == 200
    assert result(wrong) == result(unknown)
    assert "The email address and/or password you specified are not correct." in result(wrong)


def result(response: HttpResponse) -> str:
    """What the page says of what went wrong."""
    return response.content.decode().split('role="alert">')[1].split("<label")[0]


def test_a_person_of_another_tenant_does_not_come_in(db: None) -> None:
    client = browser(slug="globex")
    assert log_in(client, cast.ALICE).status_code == 200
    assert not is_in(client)


def test_a_disabled_person_does_not_come_in(person: User) -> None:
    with inside("acme"):
        User.objects.filter(pk=person.pk).update(is_active=False)
    client = browser()
    log_in(client, person.email)
    assert not is_in(client)


def test_five_wrong_passwords_shut_the_account_wherever_they_came_from(person: User) -> None:
    for _ in range(5):
        assert not is_limited(log_in(browser(), person.email, "wrong"))
    assert is_limited(log_in(browser(), person.email, "wrong"))
    right = browser()
    assert is_limited(log_in(right, person.email))
    assert not is_in(right)


def is_limited(response: HttpResponse) -> bool:
    return response.status_code == 429 or "Too many failed login attempts" in (
        response.content.decode()
    )


def test_the_limit_of_one_tenants_person_is_not_anothers(person: User) -> None:
    with inside("globex"):
        User.objects.create_user(email=person.email, password=cast.PASSWORD)
    for _ in range(6):
        log_in(browser(), person.email, "wrong")
    client = browser(slug="globex")
    assert log_in(client, person.email).status_code == 302


def test_an_address_that_guesses_is_shut_out_and_a_forged_header_does_not_help(
    db: None,
) -> None:
    client = browser()
    answers = []
    for number in range(11):
        client.defaults["HTTP_X_FORWARDED_FOR"] = f"203.0.113.{number}"
        answers.append(is_limited(log_in(client, f"guess-{uuid4().hex}@acme.test", "wrong")))
    assert answers == [False] * 10 + [True]


def test_limits_are_kept_in_the_shared_cache_under_the_tenants_name(person: User) -> None:
    log_in(browser(), person.email, "wrong")
    with inside("acme"):
        client = cache._cache.get_client()  # type: ignore[attr-defined]
        keys = [key.decode() for key in client.scan_iter(match="acme:*allauth:rl:*")]
    assert any("login_failed" in key for key in keys)


def test_nobody_signs_up(db: None) -> None:
    client = browser()
    with inside("acme"):
        before = User.objects.count()
    form = {"email": "intruder@acme.test", "password1": NEW_PASSWORD}
    for response in (client.get("/signup/"), client.post("/signup/", form)):
        assert response.status_code == 200
        assert 'name="password1"' not in response.content.decode()
    with inside("acme"):
        assert User.objects.count() == before


def test_the_session_key_changes_when_one_comes_in(person: User) -> None:
    client = browser()
    with inside("acme"):
        session = client.session
        session["before"] = "planted"
        session.save()
        client.cookies["session"] = planted = str(session.session_key)
    log_in(client, person.email)
    assert client.cookies["session"].value not in ("", planted)
    thief = browser()
    thief.cookies["session"] = planted
    assert is_in(client)
    assert not is_in(thief)


def test_the_cookies_keep_to_their_host_and_from_scripts(person: User) -> None:
    client = browser()
    client.get("/login/")
    log_in(client, person.email)
    for name in ("session", "csrf"):
        cookie = client.cookies[name]
        assert (cookie["domain"], cookie["httponly"], cookie["samesite"]) == ("", True, "Lax")


def test_logging_out_ends_the_session(person: User) -> None:
    client = browser()
    log_in(client, person.email)
    stolen = client.cookies["session"].value
    assert client.get("/logout/").status_code == 200
    assert is_in(client)
    assert client.post("/logout/").status_code == 302
    thief = browser()
    thief.cookies["session"] = stolen
    assert not is_in(thief)


def test_the_admins_login_is_everybodys(anyone: Client) -> None:
    response = anyone.get("/admin/login/?next=/admin/accounts/account/")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/login/?next=")
    assert anyone.post("/admin/login/", {"username": cast.ALICE}).status_code == 302


def test_an_operator_comes_in_at_the_platform(db: None) -> None:
    client = browser(slug="platform")
    response = log_in(client, cast.OLGA)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert client.get("/", follow=True).redirect_chain == [("/admin/", 302)]
    for path in ("/password/change/", "/logout/", "/reauthenticate/"):
        assert client.get(path).status_code == 200
