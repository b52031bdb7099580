"""The facts of this floor: goals."""

from django.utils.translation import gettext_lazy as _

from accounts.imports.kinds import register
from accounts.imports.records import Column, Kind, Rule, Type
from accounts.kinds.columns import EXTERNAL_ID
from metrics.catalogue import ACCOUNT_METRICS, METRICS
from metrics.catalogue.own import OWN_VARIANT
from metrics.figures.segments import SEGMENT_DIMENSIONS, Segment
from metrics.models import Goal, OwnMetric
from metrics.windows.periods import Period

KEYS = ", ".join(f"'{key}'" for key in METRICS)
TAKEN = ", ".join(f"'{key}'" for key in {**METRICS, **ACCOUNT_METRICS})
IS_OWN = "EXISTS (SELECT FROM metrics_ownmetric own WHERE own.key = {metric})"
VARIANTS = ", ".join(
    f"('{key}', '{variant}')" for key, metric in METRICS.items() for variant in metric.variants
)
# What a segment must be written as, to be read: see `metrics.figures.parameters.parse_segment`.
SEGMENT = f"^({'|'.join(SEGMENT_DIMENSIONS)}):"
GOALS = Kind(
    name="goals",
    label=_("Goals"),
    model=Goal,
    columns=(
        EXTERNAL_ID,
        Column(name="metric", required=True, max_length=60, aliases=("kpi",)),
        Column(name="variant", max_length=40),
        Column(
            name="period",
            max_length=12,
            choices=tuple(Period.values),
            when_empty=f"'{Period.TRAILING_30D}'",
        ),
        Column(name="segment", max_length=340),
        Column(name="target", type=Type.NUMBER, required=True),
        Column(name="starts_on", type=Type.DATE, required=True, aliases=("start", "from")),
        Column(name="due_on", type=Type.DATE, required=True, aliases=("due", "until", "by")),
        Column(name="owner_email", type=Type.EMAIL, max_length=254, aliases=("owner",)),
        Column(name="note", max_length=300),
    ),
    rules=(
        Rule(column="due_on", code="before_start", violated_when="{due_on} <= {starts_on}"),
        Rule(
            column="segment",
            code="segment",
            violated_when=f"coalesce({{segment}}, '') <> '' AND ({{segment}} !~ '{SEGMENT}'"
            f" OR ({{segment}} ~ '^account:' AND {{segment}} <> '{Segment.NO_ACCOUNT}'))",
            detail=f"'{', '.join(SEGMENT_DIMENSIONS)}'",
        ),
        Rule(
            column="metric",
            code="no_metric",
            violated_when=f"{{metric}} NOT IN ({KEYS}) AND NOT {IS_OWN}",
        ),
        Rule(
            column="variant",
            code="no_variant",
            violated_when=f"coalesce({{variant}}, '') <> '' AND CASE WHEN {{metric}} IN ({KEYS})"
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
        Column(name="key", required=True, max_length=60),
        Column(name="name", required=True, max_length=200, aliases=("name_en",)),
        Column(name="name_ar", max_length=200),
        Column(name="name_fa", max_length=200),
        Column(name="name_pl", max_length=200),
        Column(
            name="unit",
            max_length=10,
            choices=tuple(OwnMetric.Unit.values),
            when_empty="'count'",
        ),
        Column(
            name="direction",
            max_length=10,
            choices=tuple(OwnMetric.Direction.values),
            when_empty="'higher'",
        ),
        Column(
            name="of",
            max_length=12,
            choices=tuple(OwnMetric.Of.values),
            when_empty="'measurements'",
        ),
        Column(name="named", required=True, max_length=200),
        Column(name="feature", max_length=200),
        Column(name="property", max_length=200),
        Column(
            name="total", max_length=10, choices=tuple(OwnMetric.Total.values), when_empty="'sum'"
        ),
    ),
    rules=(
        Rule(column="key", code="key", violated_when="{key} !~ '^[a-z][a-z0-9_]+$'"),
        Rule(column="key", code="taken", violated_when=f"{{key}} IN ({TAKEN})"),
        Rule(
            column="total",
            code="of_events",
            violated_when="{of} = 'events' AND {total} IN ('mean', 'last')",
        ),
    ),
)

register(GOALS, OWN_METRICS)
