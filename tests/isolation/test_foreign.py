"""What exists only at Globex is not there for Acme: by id, by name, by filter, or to be harmed."""

from collections.abc import Iterator

import pytest

from tests.isolation.walks import Walker, everything, traces
from tests.isolation.worlds import ONLY_GLOBEX, World, fingerprints

MODELS = (
    *("account", "contact", "subscription", "user", "accountnow"),
    *("kpisnapshot", "night", "healthmodel"),
)
METRICS = ("kpisnapshot", "night", "healthmodel")


@pytest.fixture
def alice(world: World) -> Walker:
    return Walker("acme", "admin", user=1)


@pytest.fixture(scope="module", autouse=True)
def nothing_changes_at_globex(world: World) -> Iterator[None]:
    before = fingerprints("globex")
    yield
    assert fingerprints("globex") == before


def admin_of(model: str) -> str:
    return f"/admin/{'metrics' if model in METRICS else 'accounts'}/{model}/"


def test_ids_of_globex_are_not_there_at_acme(alice: Walker) -> None:
    for path in (
        f"/accounts/{ONLY_GLOBEX}/",
        f"/api/v1/accounts/{ONLY_GLOBEX}/scorecard/",
        "/api/v1/accounts/only-globex/scorecard/",
        "/api/v1/accounts/CANARY-GLOBEX.account.external_id/scorecard/",
    ):
        assert alice.ask("GET", path).status_code == 404, path


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("deed", ["change", "delete", "history"])
def test_the_admin_knows_no_row_of_globex(alice: Walker, model: str, deed: str) -> None:
    path = f"{admin_of(model)}{ONLY_GLOBEX}/{deed}/"
    for method in ("GET", "POST"):
        response = alice.ask(method, path)
        assert (response.status_code, response.headers.get("Location")) in (
            (302, "/admin/"),  # "... does not exist. Perhaps it was deleted?"
            (403, None),  # what nobody may do, asked of no row at all
        )
        assert traces(everything(response), of="globex") == []


@pytest.mark.parametrize(
    ("path", "empty"),
    [
        ("/?q=only-globex", "no account fits"),
        ("/?segment=only-globex", "no account fits"),
        ("/?q=.account.external_id&segment=only-globex", "no account fits"),
        ("/admin/accounts/account/?q=only-globex", "0 accounts"),
        (f"/admin/accounts/account/?id__exact={ONLY_GLOBEX}", "0 accounts"),
        ("/admin/accounts/account/?segment=only-globex", "0 accounts"),
        ("/admin/accounts/contact/?q=only-globex", "0 contacts"),
        ("/admin/accounts/subscription/?q=only-globex", "0 subscriptions"),
        ("/admin/accounts/user/?q=only-globex", "0 users"),
        ("/admin/accounts/apikey/?q=globex", "0 api keys"),
        ("/admin/metrics/kpisnapshot/?day__day=1&day__month=7&day__year=2024", "0 kpis"),
    ],
)
def test_filters_find_nothing_of_globex(alice: Walker, path: str, empty: str) -> None:
    response = alice.ask("GET", path)
    text = everything(response)
    assert response.status_code == 200
    assert empty in text
    assert traces(text, of="globex") == []
    assert "canary-acme.account.name" not in text


@pytest.mark.parametrize("column", ["segment", "industry", "country", "region", "owner_email"])
def test_a_segment_of_globex_is_empty_at_acme(alice: Walker, column: str) -> None:
    value = "canary-globex.owner@x.test" if column == "owner_email" else f"CANARY-GLOBEX.{column}"
    response = alice.client.get("/api/v1/kpis/mrr/", {"segment": f"{column}:{value}"})
    assert (response.json()["n"], response.json()["value"]) == (0, 0)
