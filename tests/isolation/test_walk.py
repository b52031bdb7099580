"""Every answer of the walk is what the table says, fails in no way, and holds nothing foreign.

Here walk the mightiest callers and nobody; of all others the doors are asked in `test_doors`. The
long proof runs the same tests on the requests of everybody.
"""

from collections.abc import Iterable, Sequence

import pytest

from tests.isolation.conftest import Walked
from tests.isolation.walks import (
    METHODS,
    WALKED_ALONE,
    WITHOUT_HEAD,
    Answer,
    Walker,
    asked_by,
    doors,
    everything,
    expected,
    traces,
)
from tests.isolation.worlds import AMOUNTS, World, canary

PROBLEM = "application/problem+json"

# What an admin, too, is refused: figures that a night would write over, keys that only a command
# makes, oneself; and on the platform what would make or end a tenant by a click.
READ_ONLY = (
    *("accounts_accountnow", "metrics_kpisnapshot", "metrics_night", "metrics_healthmodel"),
    "metrics_revision",
    *("accounts_import", "accounts_job", "accounts_countingrules"),
    *("usage_event", "usage_session", "usage_dailyusage"),
    "tenants_nightrun",
)
READS = ("GET", "HEAD", "OPTIONS")
NEVER: dict[str, tuple[str, ...]] = {
    "admin:accounts_apikey_add": (*READS, "POST"),
    "admin:accounts_apikey_delete": (*READS, "POST"),
    "admin:accounts_user_delete": (*READS, "POST"),  # of oneself
    "admin:tenants_tenant_add": (*READS, "POST"),
    "admin:tenants_tenant_delete": (*READS, "POST"),
    **{f"admin:{model}_add": (*READS, "POST") for model in READ_ONLY},
    **{f"admin:{model}_delete": (*READS, "POST") for model in READ_ONLY},
    **{f"admin:{model}_change": ("POST",) for model in READ_ONLY},
    # The admin's own: what no form of ours asks, and pages that answer to nothing but GET.
    "admin:autocomplete": ("GET", "HEAD", "POST"),
    "admin:jsi18n": ("POST",),
    "admin:password_change_done": ("POST",),
}
NOT_THERE = "admin:django.contrib.admin.sites.catch_all_view"


@pytest.fixture(scope="package")
def answers(acme_walked: Walked, platform_walked: list[Answer]) -> list[Answer]:
    return [*acme_walked.answers, *platform_walked]


def is_never(answer: Answer) -> bool:
    return answer.method in NEVER.get(answer.address.view, ())


def listed(found: Iterable[Answer]) -> list[str]:
    return [str(answer) for answer in found]


def test_everybody_asked_everything(acme_walked: Walked, platform_walked: list[Answer]) -> None:
    mightiest = [answer for answer in acme_walked.answers if answer.walker in WALKED_ALONE]
    assert len({answer.walker for answer in acme_walked.answers}) == 11
    asked_everything(mightiest, callers=3, methods=WITHOUT_HEAD)
    asked_everything(platform_walked, callers=2)


def asked_everything(
    found: list[Answer], *, callers: int, methods: Sequence[str] = METHODS
) -> None:
    walkers = {answer.walker for answer in found}
    known = sorted({answer.address for answer in found}, key=str)
    assert len(walkers) == callers
    tried = [asked_by(one, at, methods) for one in walkers for at in doors(one, known)]
    assert len(found) == sum(map(len, tried))


def test_nothing_fails(answers: list[Answer]) -> None:
    assert listed(answer for answer in answers if answer.status >= 500) == []


def test_every_answer_is_what_the_table_says(answers: list[Answer]) -> None:
    wrong = []
    for answer in answers:
        wanted = expected(answer)
        if wanted is None and is_never(answer):
            wanted = {403, 405}
        if answer.status in (401, 403, 405) if wanted is None else answer.status not in wanted:
            wrong.append(f"{answer}, not {wanted or 'allowed'}")
    assert wrong == []


def test_what_nobody_may_do_is_refused_to_the_admin(answers: list[Answer]) -> None:
    done = [
        answer
        for answer in answers
        if is_never(answer)
        and answer.walker in ("admin", "operator")
        and answer.status not in (403, 405)
    ]
    assert listed(done) == []


def test_whoever_may_not_come_in_is_sent_to_log_in(answers: list[Answer]) -> None:
    refused = [a for a in answers if not a.address.is_for_programs and expected(a) == {302}]
    assert len(refused) > 500
    assert {answer.location.split("?")[0] for answer in refused} == {"/login/"}
    assert listed(a for a in refused if "?next=/" not in a.location) == []


def test_an_address_that_may_be_read_is_there(answers: list[Answer]) -> None:
    allowed = [
        a
        for a in answers
        if a.method == "GET"
        and expected(a) is None
        and a.address.view != NOT_THERE
        and not is_never(a)
    ]
    assert len(allowed) > 150
    assert listed(answer for answer in allowed if answer.status not in (200, 302)) == []


def test_what_a_program_is_refused_is_told_as_a_problem(answers: list[Answer]) -> None:
    refused = [a for a in answers if a.address.is_for_programs and a.status >= 400]
    assert {answer.status for answer in refused} == {400, 401, 403, 404, 405, 409}
    assert listed(answer for answer in refused if answer.kind != PROBLEM) == []


# Whose rows are seen where

ADMIN = {
    "account": ("account.name1", "account.external_id", "acc.segment", "account.attributes"),
    "contact": ("contact.name", "contact.role", "contact.attributes", "account.name1"),
    "subscription": ("subscription.plan", "account.name1"),
    "user": ("user.name",),
    "apikey": ("apikey.name",),
    "accountnow": ("account.name1",),
}
REST = {
    "accounts": ("account.name1", "acc.segment", "account.attributes"),
    "contacts": ("contact.name", "contact.attributes"),
    "subscriptions": ("subscription.plan",),
    "subscription_changes": ("change.plan",),
    "purchases": ("purchase.description",),
    "costs": ("cost.segment",),
    "activities": ("activity.text",),
    "measurements": ("measurement.key",),
    "events": ("event.user_id", "event.properties"),
    "funnel": ("funnel.visitor_id", "funnel.source"),
    "onboarding": ("onboarding.step",),
    "tickets": ("ticket.subject", "ticket.tags"),
    "ticket_events": ("ticketentry.body",),
    "incidents": ("incident.title",),
    "goals": ("goal.note",),
    "own_metrics": ("ownmetric.name",),
    "responses": ("response.comment", "survey.key"),
}
# Pages that show rows, and what of the tenant's must be read there: an empty page is no proof.
SHOWS = {
    "/": ("account.name1", "account.name2", "acc.segment", "user.name"),
    "/accounts/1/": ("account.name1", "subscription.plan", "contact.name", "contact.role"),
    "/kpis/mrr/": ("account.name1", "change.plan"),
    "/lifetime/": ("acc.segment",),
    "/goals/": ("goal.note", "acc.segment"),
    "/goals/1/": ("goal.note",),
    "/settings/metrics/": ("ownmetric.name",),
    "/settings/owners/": ("owner.name",),
    "/kpis/": ("ownmetric.name",),
    "/cohorts/2024-01/2024-06/": ("account.name1", "account.name2"),
    "/data/": ("import.name",),
    "/data/imports/1/": ("import.name", "import.left", "import.rejects"),
    "/data/imports/1/rejects/": ("import.rejects",),
    "/data/jobs/": ("job.subject",),
    "/data/jobs/1/": ("job.subject", "job.error"),
    "/data/keys/": ("apikey.name",),
    "/data/rows/accounts/": ("account.name1", "account.name2"),
    "/data/rows/accounts/1/": ("account.name1", "acc.segment"),
    "/data/history/": ("account.name1",),
    **{f"/api/v1/{kind}/{one}": what for kind, what in REST.items() for one in ("", "id:1/")},
    "/api/v1/imports/": ("import.name",),
    "/api/v1/imports/1/": ("import.name", "import.refusal", "job.error"),
    "/api/v1/imports/1/rejects/": ("import.rejects",),
    "/api/v1/jobs/": ("job.subject",),
    "/api/v1/jobs/1/": ("job.subject", "job.result"),
    "/admin/usage/event/": ("event.user_id", "account.name1"),
    "/admin/usage/session/": ("event.user_id",),
    "/admin/usage/dailyusage/": ("event.feature",),
    "/admin/surveys/survey/": ("survey.name",),
    "/admin/surveys/response/": ("survey.name", "account.name1"),
    "/admin/accounts/activity/1/change/": ("activity.text",),
    "/admin/accounts/purchase/": ("purchase.external_id",),
    "/admin/accounts/import/": ("import.name",),
    "/admin/accounts/job/": ("job.subject",),
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


# Here Acme's; the long proof looks at Globex's pages as well.
OTHER = {"acme": "globex", "globex": "acme"}


@pytest.fixture
def slug() -> str:
    return "acme"


@pytest.fixture
def walked(acme_walked: Walked) -> Walked:
    return acme_walked


def test_no_answer_holds_what_is_anothers(walked: Walked, slug: str) -> None:
    assert len(walked.answers) > 1000
    assert [str(answer) for answer in walked.answers if OTHER[slug] in answer.seen] == []


def test_a_leak_would_be_seen() -> None:
    for leak in ("to canary-globex.owner@x.test", '{"value": 2718282.0}', "mrr €2,718,282.00"):
        assert len(traces(leak, of="globex")) == 1, leak
        assert traces(leak, of="acme") == []


def test_pages_that_show_rows_show_the_tenants_own(walked: Walked, slug: str) -> None:
    missing = [
        f"{path}: {what}"
        for path, whats in SHOWS.items()
        for what in whats
        if canary(slug, what).lower() not in page(walked.answers, path)
    ]
    assert missing == []


@pytest.mark.parametrize("path", FIGURES)
def test_figures_are_the_tenants_own(walked: Walked, slug: str, path: str) -> None:
    # Accounts 1 and 2 pay the amount; 2 left before the night, 3 is a test account.
    assert str(AMOUNTS[slug]) in page(walked.answers, path)


@pytest.mark.parametrize("name", ["key read", "key write", "key admin"])
def test_a_program_sees_what_its_key_may_see(world: World, name: str) -> None:
    program = Walker("acme", name, key=world["acme"][name])
    assert str(AMOUNTS["acme"]) in everything(program.ask("GET", "/api/v1/kpis/mrr/"))
    assert "canary-acme.apikey.name" in everything(program.ask("GET", "/api/v1/me/"))


def test_operators_see_no_row_of_any_tenant(platform_walked: list[Answer]) -> None:
    read = [answer for answer in platform_walked if answer.text]
    assert len(read) > 20
    rows = [a for a in read if "canary-acme." in a.text or "canary-globex." in a.text]
    assert [str(answer) for answer in rows] == []


def test_operators_see_tenants_and_their_nights(platform_walked: list[Answer]) -> None:
    for path in ("/admin/tenants/tenant/", "/admin/tenants/nightrun/", "/admin/tenants/domain/"):
        text = page(platform_walked, path, "operator")
        assert "canary-acme" in text
        assert "canary-globex" in text


def test_the_walk_changes_nothing_at_the_others(walked: Walked) -> None:
    assert {place: len(tables) > 3 for place, tables in walked.before.items()} == dict.fromkeys(
        walked.before, True
    )
    assert walked.after == walked.before


def page(answers: list[Answer], path: str, walker: str = "admin") -> str:
    """The text that somebody read at a path."""
    (found,) = (
        answer.text
        for answer in answers
        if (answer.address.path, answer.method, answer.walker) == (path, "GET", walker)
    )
    return found
