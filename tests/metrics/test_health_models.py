"""Shaping the health score: drafts, versions that never change, and who is told what."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, transaction
from django.test import Client
from django.utils import timezone

from metrics.health import versions
from metrics.models import HealthModel, Night
from tenants.models import Tenant

pytestmark = pytest.mark.django_db
START = date(2030, 1, 1)


def draft() -> HealthModel:
    newest = versions.newest()
    assert newest is not None
    return versions.draft_from(newest, starts_on=START)


def problems_of(model: HealthModel) -> list[str]:
    with pytest.raises(ValidationError) as problem:
        versions.publish(model, author="alice@acme.test")
    return list(problem.value.messages)


def test_a_draft_begins_as_a_copy(acme: Tenant) -> None:
    newest = versions.newest()
    assert newest is not None
    model = draft()
    same = ("key", "group", "weight", "worst", "best", "position")
    assert list(model.factors.values(*same)) == list(newest.factors.values(*same))
    assert (model.version, model.based_on) == (None, newest)


def test_publishing_makes_the_next_version_with_its_author(acme: Tenant) -> None:
    model = versions.publish(draft(), author="alice@acme.test")
    model.refresh_from_db()
    assert (model.version, model.author, model.published_at is not None) == (
        2,
        "alice@acme.test",
        True,
    )


def test_of_two_who_publish_the_second_is_told(acme: Tenant) -> None:
    first, second = draft(), draft()
    versions.publish(first, author="alice@acme.test")
    assert problems_of(second) == [
        "alice@acme.test has published version 2 since this draft was begun."
    ]


def test_an_old_version_comes_back_by_being_published_again(acme: Tenant) -> None:
    old = versions.newest()
    assert old is not None
    changed = draft()
    changed.factors.update(weight=1)
    versions.publish(changed, author="alice@acme.test")
    again = versions.publish(versions.draft_from(old, starts_on=START), author="bob@acme.test")
    weights = [measure.weight for measure in again.factors.all()]
    assert (again.version, weights) == (3, [measure.weight for measure in old.factors.all()])


def test_a_model_that_can_score_nobody_is_refused(acme: Tenant) -> None:
    model = draft()
    model.factors.update(weight=0)
    assert problems_of(model) == ["At least one measure must have a weight above 0."]


def test_what_is_past_is_not_scored_anew(acme: Tenant) -> None:
    Night.objects.create(day=START, computed_at=timezone.now())
    assert problems_of(draft()) == [
        "It must begin after 2030-01-01, the last day that is scored already."
    ]


def test_a_published_version_never_changes(acme: Tenant) -> None:
    published = HealthModel.objects.filter(version=1)
    with pytest.raises(ProgrammingError), transaction.atomic():
        published.update(green_from=60)
    with pytest.raises(ProgrammingError), transaction.atomic():
        published.get().factors.update(weight=9)
    draft().factors.update(weight=9)  # a draft may


class Admin:
    """The admin's pages of health models, as Alice uses them."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def begin(self) -> HealthModel:
        first = HealthModel.objects.get(version=1)
        answer = self.client.post(f"/admin/metrics/healthmodel/{first.pk}/draft/")
        assert answer.status_code == 302
        return HealthModel.objects.get(version=None)

    def save(self, model: HealthModel, **changes: str) -> str:
        measures = list(model.factors.all())
        form = {
            "name": model.name,
            "note": "Less weight on money",
            "starts_on": (timezone.now().date() + timedelta(days=1)).isoformat(),
            "amber_from": "50",
            "green_from": "75",
            "least_coverage": "40",
            "measures-TOTAL_FORMS": str(len(measures)),
            "measures-INITIAL_FORMS": str(len(measures)),
        }
        for number, one in enumerate(measures):
            form |= {
                f"measures-{number}-id": str(one.pk),
                f"measures-{number}-model": str(model.pk),
                f"measures-{number}-key": one.key,
                f"measures-{number}-group": one.group,
                f"measures-{number}-weight": "10",
                f"measures-{number}-worst": str(one.worst),
                f"measures-{number}-best": str(one.best),
            }
        answer = self.client.post(
            f"/admin/metrics/healthmodel/{model.pk}/change/", form | changes, follow=True
        )
        assert answer.status_code == 200
        return answer.content.decode()


@pytest.fixture
def admin(acme: Tenant, alice: Client) -> Admin:
    return Admin(alice)


def test_an_admin_shapes_a_draft_and_publishes_it(admin: Admin) -> None:
    model = admin.begin()
    assert "Published: the next night scores by it." in admin.save(model, _publish="1")
    model.refresh_from_db()
    assert (model.version, model.note, model.author) == (
        2,
        "Less weight on money",
        "alice@acme.test",
    )
    assert {measure.weight for measure in model.factors.all()} == {10}


def test_bands_out_of_order_are_refused_in_words(admin: Admin) -> None:
    model = admin.begin()
    shown = admin.save(model, amber_from="80", green_from="60")
    assert "errornote" in shown
    model.refresh_from_db()
    assert [model.amber_from, model.green_from] == [50, 75]


def test_worst_and_best_that_are_the_same_are_refused_in_words(admin: Admin) -> None:
    model = admin.begin()
    shown = admin.save(model, **{"measures-0-worst": "5", "measures-0-best": "5"})
    assert "The worst and the best value must differ." in shown


def test_a_measure_that_is_not_in_the_catalogue_cannot_be_chosen(admin: Admin) -> None:
    model = admin.begin()
    assert "errornote" in admin.save(model, **{"measures-0-key": "shoe_size"})


def test_looking_at_the_address_of_a_new_draft_begins_none(admin: Admin) -> None:
    first = HealthModel.objects.get(version=1)
    assert admin.client.get(f"/admin/metrics/healthmodel/{first.pk}/draft/").status_code == 302
    assert not HealthModel.objects.filter(version=None).exists()
