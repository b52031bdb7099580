"""A walk over the catalogue: nothing in it lacks an example, a translation or its rows."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation.trans_real import translation as catalogue_of

from metrics.catalogue import ACCOUNT_METRICS, FAMILY_NAMES, METRICS
from metrics.catalogue.records import AccountMetric, Metric
from metrics.figures.drilldown import drill_down
from metrics.figures.kpis import KpiQuery, KpiReader
from metrics.windows.periods import Period
from tenants.models import Tenant
from tests.metrics import test_worked_customers, test_worked_examples

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]


def said_of(one: Metric | AccountMetric) -> Iterator[str]:
    """All that people read of it, in English."""
    with translation.override("en"):
        yield from (str(one.name), str(one.when_missing))
        if isinstance(one, AccountMetric):
            yield str(one.formula)
            return
        for variant in one.variants.values():
            yield from (str(variant.label), str(variant.formula))
            yield from (
                str(text) for text in (variant.when_empty, variant.when_requirement_missing) if text
            )


def test_every_metric_and_every_variant_has_a_worked_example() -> None:
    known = set(test_worked_examples.EXPECTED) | set(test_worked_customers.EXPECTED)
    assert known == {(key, name) for key in METRICS for name in METRICS[key].variants}


def test_every_measure_of_an_account_has_a_worked_example() -> None:
    measured = {key for _who, key in test_worked_customers.MEASURED}
    assert set(test_worked_examples.OF_ANN) | measured == set(ACCOUNT_METRICS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_is_said_of_a_metric_is_translated(language: str) -> None:
    known = catalogue_of(language)._catalog  # type: ignore[attr-defined]
    wanted: list[Metric | AccountMetric] = [*METRICS.values(), *ACCOUNT_METRICS.values()]
    missing = [text for one in wanted for text in said_of(one) if text not in known]
    assert missing == []
    with translation.override("en"):
        assert [str(name) for name in FAMILY_NAMES.values() if str(name) not in known] == []


@pytest.mark.parametrize(
    ("key", "variant"), [(key, name) for key in METRICS for name in METRICS[key].variants]
)
def test_every_part_of_every_metric_opens_its_rows(acme: Tenant, key: str, variant: str) -> None:
    question = KpiQuery(day=date(2026, 3, 31), period=Period.MONTH)
    reading = KpiReader(question).compare(METRICS[key], variant).reading
    opened = drill_down(reading)
    for part in opened.parts:
        rows = drill_down(reading, part=part)
        assert rows.part == part
        assert rows.columns
        assert list(rows.rows) == []


def test_a_metric_without_its_texts_would_be_seen() -> None:
    assert "Nobody has translated this." not in catalogue_of("fa")._catalog  # type: ignore[attr-defined]
