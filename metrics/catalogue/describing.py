"""The catalogue in words: for programs, and as the page `docs/metrics.md`."""

from collections.abc import Iterator, Mapping
from types import ModuleType

from metrics.catalogue import ACCOUNT_FAMILIES, ACCOUNT_METRICS, FAMILIES, METRICS
from metrics.catalogue.records import AccountMetric, Metric
from tenants.typing import Json

HEAD = """# What each number means

Written by `python manage.py describe_metrics` from the catalogue itself: edit the records in
`metrics/catalogue/`, then write this page again.

Every number is made of rows. Its numerator and its denominator are totals over them; the page of a
metric, `GET /api/v1/kpis/{key}/rows/` and the CSV file list those very rows, and the rows that do
not count with the reason. A quotient whose denominator is 0 is unknown, never 0. Periods are
half-open; a metric that is a *state* is taken at the end of the day, whatever period is asked for.
"""


def described(
    metrics: Mapping[str, Metric] = METRICS, measures: Mapping[str, AccountMetric] = ACCOUNT_METRICS
) -> Iterator[Json]:
    """Every metric, then every measure of an account, as plain values."""
    yield from (_metric(metric) for metric in metrics.values())
    yield from (_measure(measure) for measure in measures.values())


def _metric(metric: Metric) -> Json:
    variants = [
        {
            "key": name,
            "label": str(variant.label),
            "formula": str(variant.formula),
            "default": name == metric.default_variant,
            "interval": variant.interval is not None,
            "when_empty": str(variant.when_empty),
        }
        for name, variant in metric.variants.items()
    ]
    formula = str(metric.variants[metric.default_variant].formula)
    return _common(metric, "tenant", formula) | {
        "point_in_time": metric.point_in_time,
        "variants": variants,
    }


def _measure(measure: AccountMetric) -> Json:
    result = _common(measure, "account", str(measure.formula))
    return result | {"point_in_time": True, "variants": []}


def _common(one: Metric | AccountMetric, grain: str, formula: str) -> Json:
    return {
        "key": one.key,
        "grain": grain,
        "name": str(one.name),
        "formula": formula,
        "unit": str(one.unit),
        "direction": str(one.direction),
        "source": str(one.source.label),
        "when_missing": str(one.when_missing),
    }


def as_markdown() -> str:
    """The page: the metrics by family, then the measures of accounts."""
    parts = [HEAD]
    for family in FAMILIES:
        parts.append(f"## {_title(family)}\n")
        parts += [_told(_metric(metric)) for metric in family.METRICS]
    parts.append("## Measures of an account\n")
    parts.append(
        "What health models weigh and the page of an account shows, at the end of a day.\n"
    )
    for family in ACCOUNT_FAMILIES:
        parts += [_told(_measure(measure)) for measure in family.ACCOUNT_METRICS]
    return "\n".join(parts)


def _title(family: ModuleType) -> str:
    return str(family.__doc__).strip().rstrip(".").split("\n")[0]


def _told(result: Json) -> str:
    """One metric: a heading, its facts in a line, its variants in a table."""
    better = {"higher": "higher is better", "lower": "lower is better"}.get(result["direction"], "")
    state = "a state" if result["point_in_time"] else "over a period"
    facts = " · ".join(part for part in (result["unit"], better, state, result["source"]) if part)
    lines = [f"### {result['name']} (`{result['key']}`)\n", f"{facts}. {result['when_missing']}\n"]
    if not result["variants"]:
        return "\n".join([*lines, f"{result['formula']}\n"])
    lines += ["| variant | formula | |", "|---|---|---|"]
    for one in result["variants"]:
        marks = ["default"] * one["default"] + ["95 % interval"] * one["interval"]
        lines.append(f"| `{one['key']}` {one['label']} | {one['formula']} | {', '.join(marks)} |")
    return "\n".join([*lines, ""])
