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
        Column(name="visitor_id", required=True, longest=200, also=("visitor", "anonymous id")),
        Column(name="goal", required=True, longest=100),
        Column(name="stage", required=True, longest=10, choices=tuple(FunnelStep.Stage.values)),
        Column(name="occurred_at", holds=Type.MOMENT, required=True, also=("date", "time", "at")),
        Column(name="source", longest=100, also=("campaign", "channel")),
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
        Column(name="step", required=True, longest=100, also=("milestone",)),
        Column(name="reached_at", holds=Type.MOMENT, required=True, also=("date", "time", "at")),
    ),
)
