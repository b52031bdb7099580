"""What everybody gets at every address, by every method: what the table says, and no failure."""

from collections.abc import Iterable

import pytest

from tests.isolation.conftest import Walked
from tests.isolation.walks import METHODS, Answer, expected

PROBLEM = "application/problem+json"

# What an admin, too, is refused: figures that a night would write over, keys that only a command
# makes, oneself; and on the platform what would make or end a tenant by a click.
READ_ONLY = (
    *("accounts_accountnow", "metrics_kpisnapshot", "metrics_night", "metrics_healthmodel"),
    "tenants_nightrun",
)
READS = ("GET", "HEAD", "OPTIONS")
NEVER: dict[str, tuple[str, ...]] = {
    "admin:accounts_apikey_add": (*READS, "POST"),
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
    for found, doors in ((acme_walked.answers, 11), (platform_walked, 2)):
        walkers = {answer.walker for answer in found}
        paths = {answer.address for answer in found}
        assert len(walkers) == doors
        assert len(found) == len(walkers) * len(paths) * len(METHODS)


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
    assert {answer.status for answer in refused} == {401, 403, 405}
    assert listed(answer for answer in refused if answer.kind != PROBLEM) == []
