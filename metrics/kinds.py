"""The facts of this floor: goals."""

from django.utils.translation import gettext_lazy as _

from accounts.imports.kinds import register
from accounts.imports.records import Column, Kind, Rule, Type
from accounts.kinds.columns import EXTERNAL_ID
from metrics.catalogue import MEASURES, METRICS
from metrics.catalogue.own import OWN_VARIANT
from metrics.figures.dimensions import Segment
from metrics.models import Goal, OwnMetric

KEYS = ", ".join(f"'{key}'" for key in METRICS)
TAKEN = ", ".join(f"'{key}'" for key in {**METRICS, **MEASURES})
IS_OWN = "EXISTS (SELECT FROM metrics_ownmetric own WHERE own.key = {metric})"
VARIANTS = ", ".join(
    f"('{key}', '{variant}')" for key, metric in METRICS.items() for variant in metric.variants
)
# What a segment must be written as, to be read: see `metrics.figures.parameters.asked_segment`.
SEGMENT = f"^({'|'.join(Segment.COLUMNS)}):"
GOALS = Kind(
    name="goals",
    label=_("Goals"),
    model=Goal,
    columns=(
        EXTERNAL_ID,
        Column(name="metric", required=True, longest=60, also=("kpi",)),
        Column(name="variant", longest=40),
        Column(name="segment", longest=340),
        Column(name="target", holds=Type.NUMBER, required=True),
        Column(name="starts_on", holds=Type.DATE, required=True, also=("start", "from")),
        Column(name="due_on", holds=Type.DATE, required=True, also=("due", "until", "by")),
        Column(name="owner_email", holds=Type.EMAIL, longest=254, also=("owner",)),
        Column(name="note", longest=300),
    ),
    rules=(
        Rule(column="due_on", code="before_start", broken="{due_on} <= {starts_on}"),
        Rule(
            column="segment",
            code="segment",
            broken=f"coalesce({{segment}}, '') <> '' AND ({{segment}} !~ '{SEGMENT}'"
            f" OR ({{segment}} ~ '^account:' AND {{segment}} <> '{Segment.NO_ACCOUNT}'))",
            detail=f"'{', '.join(Segment.COLUMNS)}'",
        ),
        Rule(
            column="metric",
            code="no_metric",
            broken=f"{{metric}} NOT IN ({KEYS}) AND NOT {IS_OWN}",
        ),
        Rule(
            column="variant",
            code="no_variant",
            broken=f"coalesce({{variant}}, '') <> '' AND CASE WHEN {{metric}} IN ({KEYS})"
            f" THEN ({{metric}}::text, {{variant}}::text) NOT IN ({VARIANTS})"
            f" ELSE {{variant}} <> '{OWN_VARIANT}' END",
        ),
    ),
)

OWN_METRICS = Kind(
    name="own_metrics",
    label=_("Own metrics"),
    model=OwnMetric,
    key=("key",),
    columns=(
        Column(name="key", required=True, longest=60),
        Column(name="name", required=True, longest=200, also=("name_en",)),
        Column(name="name_ar", longest=200),
        Column(name="name_fa", longest=200),
        Column(name="name_pl", longest=200),
        Column(
            name="unit",
            longest=10,
            choices=tuple(OwnMetric.Unit.values),
            when_empty="'count'",
        ),
        Column(
            name="direction",
            longest=10,
            choices=tuple(OwnMetric.Direction.values),
            when_empty="'higher'",
        ),
        Column(
            name="of",
            longest=12,
            choices=tuple(OwnMetric.Of.values),
            when_empty="'measurements'",
        ),
        Column(name="named", required=True, longest=200),
        Column(name="feature", longest=200),
        Column(name="property", longest=200),
        Column(name="total", longest=10, choices=tuple(OwnMetric.Total.values), when_empty="'sum'"),
    ),
    rules=(
        Rule(column="key", code="key", broken="{key} !~ '^[a-z][a-z0-9_]+$'"),
        Rule(column="key", code="taken", broken=f"{{key}} IN ({TAKEN})"),
        Rule(
            column="total",
            code="of_events",
            broken="{of} = 'events' AND {total} IN ('mean', 'last')",
        ),
    ),
)

register(GOALS, OWN_METRICS)
