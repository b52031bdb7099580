"""What happens on the way: visits and leads, steps of onboarding."""

from django.utils.translation import gettext_lazy as _

from accounts.imports.records import Column, Kind, Type
from accounts.kinds.columns import account
from accounts.models import FunnelStep, OnboardingStep

FUNNEL = Kind(
    name="funnel",
    label=_("Funnel"),
    model=FunnelStep,
    key=("visitor_id", "goal", "stage", "occurred_at"),
    columns=(
        Column(
            name="visitor_id", required=True, max_length=200, aliases=("visitor", "anonymous id")
        ),
        Column(name="goal", required=True, max_length=100),
        Column(name="stage", required=True, max_length=10, choices=tuple(FunnelStep.Stage.values)),
        Column(name="occurred_at", type=Type.MOMENT, required=True, aliases=("date", "time", "at")),
        Column(name="source", max_length=100, aliases=("campaign", "channel")),
        account(),
    ),
)
ONBOARDING = Kind(
    name="onboarding",
    label=_("Onboarding"),
    model=OnboardingStep,
    key=("account_external_id", "step"),
    columns=(
        account(required=True),
        Column(name="step", required=True, max_length=100, aliases=("milestone",)),
        Column(name="reached_at", type=Type.MOMENT, required=True, aliases=("date", "time", "at")),
    ),
)
