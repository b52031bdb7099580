"""The facts of this floor: goals."""

from django.utils.translation import gettext_lazy as _

from accounts.imports.kinds import register
from accounts.imports.records import Column, Kind, Rule, Type
from accounts.kinds.columns import EXTERNAL_ID
from metrics.catalogue import METRICS
from metrics.models import Goal

VARIANTS = ", ".join(
    f"('{key}', '{variant}')" for key, metric in METRICS.items() for variant in metric.variants
)
GOALS = Kind(
    name="goals",
    label=_("Goals"),
    model=Goal,
    columns=(
        EXTERNAL_ID,
        Column(name="metric", required=True, longest=60, choices=tuple(METRICS), also=("kpi",)),
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
            column="variant",
            code="no_variant",
            broken="coalesce({variant}, '') <> '' AND ({metric}::text, {variant}::text) NOT IN"
            f" ({VARIANTS})",
        ),
    ),
)

register(GOALS)
