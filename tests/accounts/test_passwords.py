"""A new password: chosen, asked for by mail, and which sessions end with the old rights."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import Role, User
from tenants.context import inside
from tests import cast
from tests.accounts.browsers import NEW_PASSWORD, browser, is_in, log_in
from tests.conftest import client_of


def test_nothing_is_mailed_to_somebody_unknown(person: User) -> None:
    answers = [
        browser().post("/password/reset/", {"email": email})
        for email in ("nobody@acme.test", person.email)
    ]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert [answer.headers["Location"] for answer in answers] == ["/password/reset/done/"] * 2
    assert [one.to for one in mail.outbox] == [[person.email]]


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
        person.set_password(NEW_PASSWORD)
        person.save()
    assert [is_in(client) for client in two_places] == [False, False]
    again = browser()
    assert log_in(again, person.email, NEW_PASSWORD).status_code == 302


def test_a_session_ends_everywhere_when_one_changes_the_password(
    person: User, two_places: list[Client]
) -> None:
    form = {"oldpassword": cast.PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert two_places[0].post("/password/change/", form).status_code == 302
    assert [is_in(client) for client in two_places] == [False, False]


@pytest.mark.parametrize("password", ["short", "password1234", "123456789012", "correct horse"])
def test_a_bad_password_is_refused(person: User, password: str) -> None:
    client = browser()
    log_in(client, person.email)
    form = {"oldpassword": cast.PASSWORD, "password1": password, "password2": password}
    response = client.post("/password/change/", form)
    assert (response.status_code == 302) == (password == "correct horse")


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
