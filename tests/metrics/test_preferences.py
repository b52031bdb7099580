"""Which variant is shown first follows the kind of business, until the tenant chooses."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Account, CountingRules, Purchase
from metrics.catalogue import METRICS
from metrics.figures.preferences import variant_for
from tenants.models import Tenant
from tests.books import Sold, store

pytestmark = pytest.mark.django_db
CLV = METRICS["clv"]
By = CountingRules.CustomersBy


def bought() -> None:
    account = Account.objects.create(external_id="buyer", name="Buyer")
    Purchase.objects.create(
        account=account, external_id="p", occurred_on=date(2024, 1, 1), amount=5, currency="EUR"
    )


def subscribed() -> None:
    store([Sold("a", Decimal(10), date(2024, 1, 1))])


def test_who_has_subscriptions_is_shown_their_lifetime_value(acme: Tenant) -> None:
    subscribed()
    bought()
    assert [
        variant_for(METRICS[key]) for key in ("clv", "clv_cac_ratio", "profit_per_customer")
    ] == ["subscription"] * 3


def test_who_sells_without_subscriptions_is_shown_purchases(acme: Tenant) -> None:
    bought()
    assert variant_for(CLV) == "purchases"


@pytest.mark.parametrize(
    ("sells", "variant"), [(By.PURCHASES, "purchases"), (By.SUBSCRIPTIONS, "subscription")]
)
def test_what_was_said_at_the_opening_decides(acme: Tenant, sells: str, variant: str) -> None:
    CountingRules.objects.update(customers_by=sells)
    assert variant_for(CLV) == variant


def test_a_tenants_own_choice_stays(acme: Tenant) -> None:
    subscribed()
    CountingRules.objects.update(preferred_variants={"clv": "annual"})
    assert variant_for(CLV) == "annual"
