"""The catalogue in words: for programs, and as the page `docs/metrics.md`."""

from collections.abc import Iterator, Mapping
from typing import Any

from metrics.catalogue import FAMILIES, MEASURES, METRICS, OF_ACCOUNTS
from metrics.catalogue.records import AccountMetric, Metric

HEAD = """# What each number means

Written by `python manage.py describe_metrics` from the catalogue itself: edit the records in
`metrics/catalogue/`, then write this page again.

Every number is made of rows. Its numerator and its denominator are totals over them; the page of a
metric, `GET /api/v1/kpis/{key}/rows/` and the CSV file list those very rows, and the rows that do
not count with the reason. A quotient whose denominator is 0 is unknown, never 0. Periods are
half-open; a metric that is a *state* is taken at the end of the day, whatever period is asked for.
"""


def described(
    metrics: Mapping[str, Metric] = METRICS, measures: Mapping[str, AccountMetric] = MEASURES
) -> Iterator[dict[str, Any]]:
    """Every metric, then every measure of an account, as plain values."""
    yield from (_metric(metric) for metric in metrics.values())
    yield from (_measure(measure) for measure in measures.values())


def _metric(metric: Metric) -> dict[str, Any]:
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


def _measure(measure: AccountMetric) -> dict[str, Any]:
    said = _common(measure, "account", str(measure.formula))
    return said | {"point_in_time": True, "variants": []}


def _common(one: Metric | AccountMetric, grain: str, formula: str) -> dict[str, Any]:
    return {
        "key": one.key,
        "grain": grain,
        "name": str(one.name),
        "formula": formula,
        "unit": str(one.unit),
        "direction": str(one.direction),
        "source": str(one.source.label),
        "silence": str(one.silence),
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
    for family in OF_ACCOUNTS:
        parts += [_told(_measure(measure)) for measure in family.OF_ACCOUNTS]
    return "\n".join(parts)


def _title(family: Any) -> str:
    return str(family.__doc__).strip().rstrip(".").split("\n")[0]


def _told(said: dict[str, Any]) -> str:
    """One metric: a heading, its facts in a line, its variants in a table."""
    better = {"higher": "higher is better", "lower": "lower is better"}.get(said["direction"], "")
    state = "a state" if said["point_in_time"] else "over a period"
    facts = " · ".join(part for part in (said["unit"], better, state, said["source"]) if part)
    lines = [f"### {said['name']} (`{said['key']}`)\n", f"{facts}. {said['silence']}\n"]
    if not said["variants"]:
        return "\n".join([*lines, f"{said['formula']}\n"])
    lines += ["| variant | formula | |", "|---|---|---|"]
    for one in said["variants"]:
        marks = ["default"] * one["default"] + ["95 % interval"] * one["interval"]
        lines.append(f"| `{one['key']}` {one['label']} | {one['formula']} | {', '.join(marks)} |")
    return "\n".join([*lines, ""])
