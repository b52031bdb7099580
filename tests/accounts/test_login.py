"""Coming in and going out: by e-mail, at one's own tenant, within limits, until rights change."""

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from accounts.models import Role, User
from tenants.context import inside
from tests import cast
from tests.conftest import client_of

NEW = "an entirely new passphrase"
_numbers = count(1)


def browser(*, slug: str = "acme", **headers: str) -> Client:
    """A browser at an address of its own: limits are kept by address."""
    number, run = next(_numbers), uuid4().int
    address = f"10.{run % 200 + 20}.{run // 200 % 250}.{number % 250 + 1}"
    return Client(headers={"host": f"{slug}.localhost", **headers}, REMOTE_ADDR=address)


@pytest.fixture
def person(db: None) -> User:
    """Somebody at Acme whom no earlier test has locked out."""
    with inside("acme"):
        email = f"person-{uuid4().hex}@acme.test"
        return User.objects.create_user(email=email, password=cast.PASSWORD)


def log_in(client: Client, email: str, password: str = cast.PASSWORD) -> HttpResponse:
    return client.post("/login/", {"login": email, "password": password})  # type: ignore[return-value]


def is_in(client: Client) -> bool:
    return client.get("/cohorts/").status_code == 200


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
    form = {"email": "intruder@acme.test", "password1": NEW}
    for response in (client.get("/signup/"), client.post("/signup/", form)):
        assert response.status_code == 200
        assert 'name="password1"' not in response.content.decode()
    with inside("acme"):
        assert User.objects.count() == before


def test_nothing_is_mailed_to_somebody_unknown(person: User) -> None:
    answers = [
        browser().post("/password/reset/", {"email": email})
        for email in ("nobody@acme.test", person.email)
    ]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert [answer.headers["Location"] for answer in answers] == ["/password/reset/done/"] * 2
    assert [one.to for one in mail.outbox] == [[person.email]]


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


@pytest.fixture
def two_places(person: User) -> Iterator[list[Client]]:
    """The same person, in at two places."""
    places = [browser(), browser()]
    for client in places:
        log_in(client, person.email)
    assert all(is_in(client) for client in places)
    yield places


@pytest.mark.parametrize("change", [{"role": Role.ADMIN}, {"is_active": False}])
def test_a_session_ends_everywhere_when_rights_change(
    person: User, two_places: list[Client], change: dict[str, object]
) -> None:
    with inside("acme"):
        User.objects.filter(pk=person.pk).update(**change)
    assert [is_in(client) for client in two_places] == [False, False]


def test_a_session_ends_everywhere_when_an_admin_sets_the_password(
    person: User, two_places: list[Client]
) -> None:
    with inside("acme"):
        person.set_password(NEW)
        person.save()
    assert [is_in(client) for client in two_places] == [False, False]
    again = browser()
    assert log_in(again, person.email, NEW).status_code == 302


def test_a_session_ends_everywhere_when_one_changes_the_password(
    person: User, two_places: list[Client]
) -> None:
    form = {"oldpassword": cast.PASSWORD, "password1": NEW, "password2": NEW}
    assert two_places[0].post("/password/change/", form).status_code == 302
    assert [is_in(client) for client in two_places] == [False, False]


@pytest.mark.parametrize("password", ["short", "password1234", "123456789012", "correct horse"])
def test_a_bad_password_is_refused(person: User, password: str) -> None:
    client = browser()
    log_in(client, person.email)
    form = {"oldpassword": cast.PASSWORD, "password1": password, "password2": password}
    response = client.post("/password/change/", form)
    assert (response.status_code == 302) == (password == "correct horse")


def test_the_admins_login_is_everybodys(anyone: Client) -> None:
    response = anyone.get("/admin/login/?next=/admin/accounts/account/")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/login/?next=")
    assert anyone.post("/admin/login/", {"username": cast.ALICE}).status_code == 302


def test_a_language_is_remembered_with_the_person(person: User) -> None:
    client = browser()
    log_in(client, person.email)
    assert client.post("/language/", {"language": "fa", "next": "/kpis/"}).status_code == 302
    with inside("acme"):
        assert User.objects.get(pk=person.pk).language == "fa"
    elsewhere = browser()
    log_in(elsewhere, person.email)
    page = elsewhere.get("/kpis/")
    assert page.headers["Content-Language"] == "fa"
    assert '<html lang="fa" dir="rtl"' in page.content.decode()


def test_a_language_that_we_do_not_have_is_not_remembered(person: User) -> None:
    client = browser()
    log_in(client, person.email)
    for code in ("xx", "", "de", "e" * 50, "../en", "\0"):
        assert client.post("/language/", {"language": code}).status_code == 302
    with inside("acme"):
        assert User.objects.get(pk=person.pk).language == ""


def test_the_language_is_the_persons_then_the_browsers_then_the_tenants(db: None) -> None:
    wishes = {"pl": "pl", "fa-IR,en;q=0.5": "fa", "de,ar;q=0.1": "ar", "de": "en", "": "en"}
    for wish, language in wishes.items():
        answer = browser().get("/login/", HTTP_ACCEPT_LANGUAGE=wish)
        assert answer.headers["Content-Language"] == language, wish


def test_an_operator_comes_in_at_the_platform(db: None) -> None:
    client = browser(slug="platform")
    response = log_in(client, cast.OLGA)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert client.get("/", follow=True).redirect_chain == [("/admin/", 302)]
    for path in ("/password/change/", "/logout/", "/reauthenticate/"):
        assert client.get(path).status_code == 200


def reset(email: str) -> tuple[int, str]:
    """What a browser is answered in the end that asks for a new password."""
    response = browser().post("/password/reset/", {"email": email}, follow=True)
    shown = re.sub('csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode())
    return response.status_code, shown


ASK = "Ask your admin for a new password."


@pytest.mark.parametrize("delivered", [True, False])
def test_a_mail_server_that_is_away_is_no_failure_of_the_page(
    person: User, settings: LazySettings, delivered: bool, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    settings.MAIL_IS_DELIVERED = delivered
    known, unknown = reset(person.email), reset("nobody@acme.test")
    assert known == unknown
    assert known[0] == 200
    assert ASK in known[1]
    assert caplog.text.count("could not be sent") == 1  # strangers get no mail at all
    assert person.email not in caplog.text


def test_mail_goes_to_a_folder_where_there_is_no_server(
    person: User, settings: LazySettings, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    assert reset(person.email)[0] == 200
    (message,) = tmp_path.iterdir()
    assert "http://acme.localhost/password/reset/key/" in message.read_text()


def test_admins_are_warned_while_no_mail_is_delivered(db: None, settings: LazySettings) -> None:
    settings.MAIL_IS_DELIVERED = True
    cache.clear()
    alice = client_of(cast.ALICE)
    assert "delivers no mail" not in alice.get("/admin/").content.decode()
    settings.MAIL_IS_DELIVERED = False
    assert "delivers no mail" in alice.get("/admin/accounts/user/").content.decode()


PAGES = ("/password/reset/", "/password/reset/done/", "/password/reset/key/1-set-password/")


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_about_a_password_look_like_the_login(path: str, anyone: Client) -> None:
    shown = anyone.get(path).content.decode()
    assert '<div class="login card">' in shown
    assert "form-control" in shown or "<form" not in shown.split("<main", 1)[1]
