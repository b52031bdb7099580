"""Nothing of one tenant's is ever seen at another's, and each sees its own."""

import pytest

from tests.isolation.conftest import Walked
from tests.isolation.walks import Answer, traces
from tests.isolation.worlds import AMOUNTS, canary

ADMIN = {
    "account": ("account.name1", "account.external_id", "acc.segment", "account.attributes"),
    "contact": ("contact.name", "contact.role", "contact.attributes", "account.name1"),
    "subscription": ("subscription.plan", "account.name1"),
    "user": ("user.name",),
    "apikey": ("apikey.name",),
    "accountnow": ("account.name1",),
}
# Pages that show rows, and what of the tenant's must be read there: an empty page is no proof.
SHOWS = {
    "/": ("account.name1", "account.name2", "acc.segment", "user.name"),
    "/accounts/1/": ("account.name1", "subscription.plan", "contact.name", "contact.role"),
    "/kpis/mrr/": ("account.name1", "subscription.plan"),
    "/admin/": ("log.object_repr",),
    "/admin/accounts/account/": ADMIN["account"][:3],
    "/admin/accounts/account/1/change/": (ADMIN["account"][0], *ADMIN["account"][2:]),
    "/admin/accounts/account/1/history/": ("account.name1", "log.change_message"),
    "/admin/accounts/account/1/delete/": ("account.name1",),
    "/admin/accounts/contact/": ("contact.name", "account.name1"),
    "/admin/accounts/contact/1/change/": ("contact.name", "contact.role", "contact.attributes"),
    "/admin/accounts/subscription/": ("subscription.plan", "account.name1"),
    "/admin/accounts/subscription/1/change/": ("subscription.plan", "subscription.churn_reason"),
    "/admin/accounts/user/": ("user.name",),
    "/admin/accounts/user/1/change/": ("user.name",),
    "/admin/accounts/apikey/": ("apikey.name",),
    "/admin/accounts/accountnow/": ("account.name1", "account.name2"),
    "/admin/accounts/accountnow/1/change/": ("account.name1",),
    "/admin/metrics/healthmodel/": ("healthmodel.name",),
    "/admin/metrics/healthmodel/1/change/": ("healthmodel.name", "healthmeasure.group"),
}
FIGURES = ("/api/v1/kpis/", "/api/v1/kpis/mrr/", "/admin/metrics/kpisnapshot/")


@pytest.fixture(scope="package")
def walked(acme_walked: Walked, globex_walked: Walked) -> dict[str, Walked]:
    return {"acme": acme_walked, "globex": globex_walked}


@pytest.mark.parametrize(("here", "there"), [("acme", "globex"), ("globex", "acme")])
def test_no_answer_holds_what_is_anothers(walked: dict[str, Walked], here: str, there: str) -> None:
    answers = walked[here].answers
    assert len(answers) > 1500
    assert [str(answer) for answer in answers if there in answer.seen] == []


def test_a_leak_would_be_seen() -> None:
    for leak in ("to canary-globex.owner@x.test", '{"value": 2718282.0}', "mrr €2,718,282.00"):
        assert len(traces(leak, of="globex")) == 1, leak
        assert traces(leak, of="acme") == []


@pytest.mark.parametrize("slug", ["acme", "globex"])
def test_pages_that_show_rows_show_the_tenants_own(walked: dict[str, Walked], slug: str) -> None:
    missing = [
        f"{path}: {what}"
        for path, whats in SHOWS.items()
        for what in whats
        if canary(slug, what).lower() not in page(walked[slug].answers, path)
    ]
    assert missing == []


@pytest.mark.parametrize("slug", ["acme", "globex"])
@pytest.mark.parametrize("path", FIGURES)
def test_figures_are_the_tenants_own(walked: dict[str, Walked], slug: str, path: str) -> None:
    # Accounts 1 and 2 pay the amount; 2 left before the night, 3 is a test account.
    assert str(AMOUNTS[slug]) in page(walked[slug].answers, path)


def test_a_program_sees_what_its_key_may_see(walked: dict[str, Walked]) -> None:
    for walker in ("key read", "key write", "key admin"):
        mine = [answer for answer in walked["acme"].answers if answer.walker == walker]
        assert str(AMOUNTS["acme"]) in page(mine, "/api/v1/kpis/mrr/", walker)
        assert "canary-acme.apikey.name" in page(mine, "/api/v1/me/", walker)


def test_operators_see_no_row_of_any_tenant(platform_walked: list[Answer]) -> None:
    everything = [answer for answer in platform_walked if answer.text]
    assert len(everything) > 20
    rows = [a for a in everything if "canary-acme." in a.text or "canary-globex." in a.text]
    assert [str(answer) for answer in rows] == []


def test_operators_see_tenants_and_their_nights(platform_walked: list[Answer]) -> None:
    for path in ("/admin/tenants/tenant/", "/admin/tenants/nightrun/", "/admin/tenants/domain/"):
        text = page(platform_walked, path, "operator")
        assert "canary-acme" in text
        assert "canary-globex" in text


@pytest.mark.parametrize("slug", ["acme", "globex"])
def test_the_walk_changes_nothing_at_the_others(walked: dict[str, Walked], slug: str) -> None:
    found = walked[slug]
    assert {place: len(tables) > 3 for place, tables in found.before.items()} == dict.fromkeys(
        found.before, True
    )
    assert found.after == found.before


def page(answers: list[Answer], path: str, walker: str = "admin") -> str:
    """The text that somebody read at a path."""
    (found,) = (
        answer.text
        for answer in answers
        if (answer.address.path, answer.method, answer.walker) == (path, "GET", walker)
    )
    return found
