"""The pages that everybody lands on answer, whatever a tenant has and has not.

All addresses and all metrics in all states are walked in `tests/proof/test_any_state.py`.
"""

import pytest

from tenants.models import Tenant
from tests import states
from tests.conftest import client_of

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])

PATHS = (
    *("/", "/accounts/1/", "/kpis/mean_health/", "/goals/", "/data/", "/data/jobs/"),
    *("/data/rows/accounts/", "/api/v1/scorecards/", "/api/v1/accounts/A-1/scorecard/"),
)


@pytest.mark.parametrize(
    "state",
    [
        states.one_new_account,
        states.one_account_of_the_future,
        states.a_new_account_after_the_night,
        states.purchases_alone,
        states.rows_without_what_is_optional,
    ],
    ids=lambda state: state.__name__,
)
def test_the_first_pages_answer_in(state: states.State, acme: Tenant) -> None:
    state(acme)
    client = client_of("alice@acme.test")
    assert {path: client.get(path).status_code for path in PATHS} == dict.fromkeys(PATHS, 200)


def test_home_answers_in_an_empty_tenant(acme: Tenant) -> None:
    assert client_of("alice@acme.test").get("/").status_code == 200
