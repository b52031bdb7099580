"""The health model that a tenant begins with: its factors, who gets it, and what has no vote."""

from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.models import Account
from metrics.catalogue import METRICS
from metrics.figures.readers import FactReader
from metrics.health import versions
from metrics.health.scorecard import measured_values
from metrics.models import HealthModel, Night
from metrics.pipeline.account_metrics import compute_account_metrics
from metrics.windows.periods import Period, window_for
from tenants.models import Tenant
from tests.books import Sold, store
from tests.health import OF_SUBSCRIPTIONS, only_model
from usage.models import DailyUsage

pytestmark = pytest.mark.django_db
HOUR = 3600
STANDARD = [
    ("usage_trend", "Usage", 10, -50, 10),
    ("seat_utilisation", "Usage", 8, 20, 80),
    ("stickiness", "Usage", 6, 5, 30),
    ("feature_adoption", "Usage", 6, 10, 60),
    ("sla_breach_rate", "Support", 8, 50, 0),
    ("reopen_rate", "Support", 6, 30, 0),
    ("first_response_time", "Support", 6, 48 * HOUR, 4 * HOUR),
    ("last_nps", "Voice", 8, 0, 10),
    ("last_csat", "Voice", 6, 1, 5),
    ("last_ces", "Voice", 6, 1, 7),
    ("days_since_last_touch", "Relationship", 8, 90, 14),
    ("sentiment", "Relationship", 7, 1, 5),
    ("overdue_renewals", "Commercial", 8, 1, 0),
    ("mrr_change_90d", "Commercial", 7, -25, 0),
]
DAY = date(2026, 3, 31)


def factors_of(model: HealthModel | None) -> list[tuple[object, ...]]:
    assert model is not None
    return list(model.factors.values_list("key", "group", "weight", "worst", "best"))


def upgrade() -> None:
    module = import_module("metrics.migrations.0008_standard_health_model")
    with pytest.MonkeyPatch.context() as then:
        # What a factor was called when the migration was written.
        then.setattr(HealthModel, "measures", HealthModel.factors, raising=False)
        module.publish_standard(apps, None)


def earlier_model() -> HealthModel:
    return only_model(*OF_SUBSCRIPTIONS)


def test_a_new_tenant_has_the_standard_model_from_its_first_day(acme: Tenant) -> None:
    model = versions.newest()
    assert model is not None
    assert (model.version, model.name, model.starts_on) == (1, "Standard", date(2000, 1, 1))
    assert factors_of(model) == STANDARD


def test_its_weights_make_a_hundred(acme: Tenant) -> None:
    assert sum(weight for _key, _group, weight, _worst, _best in STANDARD) == 100


def test_a_tenant_that_never_shaped_the_earlier_one_gets_it_from_its_next_day(
    acme: Tenant,
) -> None:
    earlier = earlier_model()
    Night.objects.create(day=DAY, computed_at=timezone.now())
    upgrade()
    newest = versions.newest()
    assert newest is not None
    assert (newest.version, newest.based_on_id) == (2, earlier.pk)
    assert newest.starts_on == DAY + timedelta(days=1)
    assert newest.note
    assert factors_of(newest) == STANDARD
    assert HealthModel.objects.filter(pk=earlier.pk).exists()


def test_a_tenant_without_a_night_has_it_from_the_beginning(acme: Tenant) -> None:
    earlier_model()
    upgrade()
    assert [(one.version, one.starts_on) for one in HealthModel.objects.all()] == [
        (1, date(2000, 1, 1))
    ]
    assert factors_of(versions.newest()) == STANDARD


@pytest.mark.parametrize("change", [{"weight": Decimal(36)}, {"best": Decimal(23)}])
def test_who_has_shaped_the_earlier_one_keeps_theirs(
    acme: Tenant, change: dict[str, Decimal]
) -> None:
    shaped = [
        (key, int(change.get("weight", weight)), worst, int(change.get("best", best)))
        if key == "tenure"
        else (key, weight, worst, best)
        for key, weight, worst, best in OF_SUBSCRIPTIONS
    ]
    model = only_model(*shaped)
    upgrade()
    assert list(HealthModel.objects.all()) == [model]


def test_who_has_a_draft_or_another_version_keeps_theirs(acme: Tenant) -> None:
    model = earlier_model()
    draft = versions.draft_from(model, starts_on=DAY)
    upgrade()
    assert set(HealthModel.objects.all()) == {model, draft}


def test_seats_have_no_vote_where_no_use_is_tracked(acme: Tenant) -> None:
    store([Sold("a", Decimal(10), DAY - timedelta(days=200))])
    Account.objects.update(seats=5)
    compute_account_metrics(day=DAY)
    assert measured_values(account=Account.objects.get(), day=DAY)["seat_utilisation"] is None
    window_ = window_for(period=Period.DAY, day=DAY)
    tenant_wide = FactReader().read(
        metric=METRICS["seat_utilisation"], variant="all", window=window_
    )
    assert (tenant_wide.value, str(tenant_wide.reason)) == (None, "No use was tracked in 56 days.")


def test_a_seat_is_empty_where_others_are_tracked(acme: Tenant) -> None:
    store([Sold(name, Decimal(10), DAY - timedelta(days=200)) for name in "ab"])
    Account.objects.update(seats=5)
    user = Account.objects.get(external_id="b")
    DailyUsage.objects.create(account=user, user_id="u", day=DAY, feature="", events=1)
    compute_account_metrics(day=DAY)
    values = [measured_values(account=one, day=DAY)["seat_utilisation"] for one in both()]
    assert values == [0, 20]


def both() -> list[Account]:
    return list(Account.objects.order_by("external_id"))
