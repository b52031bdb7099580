"""A country by any name or code is one value; what is none stays as it was written."""

from importlib import import_module

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from accounts.countries import code_of, name_of
from accounts.models import Account, PastMembership
from accounts.models.membership import memberships
from tenants.context import as_owner
from tenants.models import Tenant
from tests.accounts.files import Sending
from tests.accounts.rest import Program
from tests.metrics.test_membership import TODAY, YESTERDAY, known_for_long, move

pytestmark = pytest.mark.django_db
NAMES = {
    "PL": "PL pl POL POLSKA Polen Pologne Polônia Польша ポーランド لهستان بولندا",
    "US": "US USA U.S.A. u.s. США EEUU",
    "GB": "GB GBR UK uk U.K. England",
    "RU": "RU RUS Russia Rosja روسیه روسيا",
    "IR": "IR IRN Iran ایران إيران ايران",
    "TR": "TR TUR Turkey Türkiye TURKIYE Turcja Türkei",
    "CZ": "CZ CZE Czechia Czechy Česko Tschechien",
    "LV": "LV LVA Łotwa Lotwa Latvia",
    "CN": "CN CHN 中国 中國 China Çin",
    "AT": "AT Österreich Osterreich Áo",
    "NE": "NE Niger",
    "NG": "NG Nigeria",
}
LONG = {
    "United States of America": "US",
    "Stany Zjednoczone": "US",
    "ایالات متحده": "US",
    "South Korea": "KR",
    "Korea, Republic of": "KR",
    "کره جنوبی": "KR",
    "كوريا الجنوبية": "KR",
    "Czech Republic": "CZ",
    "Russian Federation": "RU",
    "Iran, Islamic Republic of": "IR",
    "Trinidad and Tobago": "TT",
    "Saint Lucia": "LC",
    "Cote d'Ivoire": "CI",
    "The Netherlands": "NL",
    "Hong Kong": "HK",
    "Republic of China": "TW",
    "الإمارات العربيّة المتحدة": "AE",
}
UNKNOWN = ("", "Atlantis", "Korea", "EU", "European Union", "n/a", "Cin", "Konго", "48", "?")


@pytest.mark.parametrize("code", NAMES)
def test_a_country_is_known_by_its_names_and_codes(code: str) -> None:
    assert {name: code_of(name) for name in NAMES[code].split()} == dict.fromkeys(
        NAMES[code].split(), code
    )


@pytest.mark.parametrize("name", LONG)
def test_names_of_several_words_are_known_too(name: str) -> None:
    assert code_of(f" {name.upper()} ") == LONG[name]


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_is_no_country_or_might_be_several_stays_as_it_is(text: str) -> None:
    assert code_of(text) == text


@pytest.mark.parametrize(
    ("language", "name"), [("en", "Poland"), ("ar", "بولندا"), ("fa", "لهستان"), ("pl", "Polska")]
)
def test_people_read_the_name_in_their_language(language: str, name: str) -> None:
    with translation.override(language):
        assert [name_of("PL"), name_of("Atlantis"), name_of("EU")] == [name, "Atlantis", "EU"]


def countries() -> list[str]:
    return list(Account.objects.order_by("external_id").values_list("country", flat=True))


def test_a_file_brings_one_value_of_each_country(acme: Tenant) -> None:
    send = Sending(acme)
    names = ["Poland", "polska", "لهستان", "بولندا", "POL", "PL", "Atlantis", "", "Iran"]
    rows = "\n".join(f"{place},x,{name}" for place, name in enumerate(names))
    assert send("accounts", f"external_id,name,country\n{rows}\n") == (9, 0, 0, 0)
    assert countries() == [*["PL"] * 6, "Atlantis", "", "IR"]
    result = "Texts not known as countries are stored as sent: “Atlantis”."
    assert [one for one in send.assumptions if "countries" in one] == [result]
    assert send("accounts", f"external_id,name,country\n{rows}\n") == (0, 0, 9, 0)


def test_of_many_unknown_countries_five_are_named(acme: Tenant) -> None:
    send = Sending(acme)
    rows = "\n".join(f"{place},x,Land {'ABCDEFG'[place]}" for place in range(7))
    send("accounts", f"external_id,name,country\n{rows}\n")
    assert send.assumptions[-1] == (
        "Texts not known as countries are stored as sent (7):"
        " “Land A”, “Land B”, “Land C”, “Land D”, “Land E” ..."
    )


def test_over_rest_a_name_is_stored_as_its_code_and_finds_it(acme: Tenant) -> None:
    program = Program()
    sent = {"external_id": "a", "name": "A", "country": "Polska"}
    assert program("POST", "accounts/", sent)["country"] == "PL"
    Account.objects.create(external_id="b", name="B", country="DE")
    for name in ("PL", "Poland", "Polen", "لهستان"):
        found = program("GET", f"accounts/?country={name}")["data"]
        assert [one["external_id"] for one in found] == ["a"]


def test_the_form_shows_the_name_and_takes_another(acme: Tenant, alice: Client) -> None:
    account = Account.objects.create(external_id="a", name="A", country="PL")
    page = f"/data/rows/accounts/{account.pk}/"
    persian = alice.get(page, headers={"accept-language": "fa"}).content.decode()
    assert 'value="لهستان"' in persian
    assert alice.post(page, {"name": "A", "country": "Deutschland"}).status_code == 302
    assert countries() == ["DE"]


def test_the_admin_stores_the_code_of_a_name(acme: Tenant, alice: Client) -> None:
    form = {"external_id": "a", "name": "A", "country": "Polen", "attributes": "{}"}
    assert alice.post("/admin/accounts/account/add/", form).status_code == 302
    assert countries() == ["PL"]


def normalize_stored() -> None:
    module = import_module("accounts.migrations.0020_countries_by_code")
    with as_owner("acme"), connection.schema_editor() as editor:
        module.store_codes(None, editor)


def images() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgh_label, country FROM accounts_accountevent ORDER BY pgh_id")
        return [(label, country) for label, country in cursor.fetchall()]


def test_what_was_stored_by_name_is_one_value_today_and_on_past_days(acme: Tenant) -> None:
    Account.objects.create(external_id="a", name="A", country="Polska")
    Account.objects.create(external_id="b", name="B", country="Atlantis")
    known_for_long()
    move("a", country="Germany")
    normalize_stored()
    assert countries() == ["DE", "Atlantis"]
    for day, country in ((YESTERDAY, "PL"), (TODAY, "DE")):
        assert memberships(day).get(account__external_id="a").country == country
    # Another spelling is no change: nothing is written down of it.
    assert images() == [("insert", "PL"), ("insert", "Atlantis"), ("update", "DE")]
    assert PastMembership.objects.count() == 1
    move("a", country="FR")
    assert images()[-1] == ("update", "FR")
