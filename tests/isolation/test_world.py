"""What the walk rests on: equal ids in both tenants, and a canary in every column of text."""

import os
from collections.abc import Iterator

import pytest
from django.db import models
from pghistory.models import Event as HistoryEvent
from pytest_django.plugin import DjangoDbBlocker

from tenants.context import inside
from tests.isolation import worlds
from tests.isolation.tables import models_of_tenants, text_columns
from tests.isolation.worlds import ONLY_GLOBEX, World

APPS = ("accounts", "usage", "surveys", "metrics")


@pytest.fixture(scope="module")
def world(django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One of its own: nobody has walked through it."""
    with django_db_blocker.unblock(), worlds.world(f"cstest_world_{os.getpid()}") as keys:
        yield keys


def ids(model: type[models.Model], slug: str) -> set[object]:
    with inside(slug):
        return set(model._default_manager.values_list("pk", flat=True)) - {ONLY_GLOBEX}


def test_the_ids_of_both_tenants_are_the_same(world: World) -> None:
    ours = [m for m in models_of_tenants() if m._meta.app_label in APPS]
    # A key's id is its secret's hash, history has no ids, the marks of days are wiped by nights.
    ours = [
        model
        for model in ours
        if model.__name__ not in ("ApiKey", "DirtyDay") and not issubclass(model, HistoryEvent)
    ]
    assert len(ours) > 10
    for model in ours:
        found = ids(model, "acme")
        assert found, f"no row in {model.__name__}"
        assert found == ids(model, "globex"), model.__name__


@pytest.mark.parametrize("slug", ["acme", "globex"])
def test_every_column_of_text_holds_a_canary(world: World, slug: str) -> None:
    empty = [
        f"{model._meta.label}.{column}"
        for model in models_of_tenants()
        for column in text_columns(model)
        if not holds_canary(model, column, slug)
    ]
    assert empty == []


def holds_canary(model: type[models.Model], column: str, slug: str) -> bool:
    with inside(slug):
        return model._default_manager.filter(**{f"{column}__icontains": f"canary-{slug}"}).exists()
