"""In which language somebody is spoken to: one's own, the browser's, or the tenant's."""

from accounts.models import User
from tenants.context import inside
from tests.accounts.browsers import browser, log_in


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
