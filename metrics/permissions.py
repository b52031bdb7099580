"""What the views of this floor need: figures, goals, and how they are counted."""

from accounts.capabilities import EDIT_FORM, READ, SETTINGS_FORM, Capability, Rules

RULES: Rules = {
    "book": READ,
    "account": READ,
    "revenue": READ,
    "kpis": READ,
    "kpi": READ,
    "cohorts": READ,
    "cohort": READ,
    "lifetime": READ,
    "goals": {"GET": Capability.VIEW, "POST": Capability.EDIT},
    "goal": EDIT_FORM,
    "goal_delete": {"POST": Capability.EDIT},
    "own_metrics": SETTINGS_FORM,
    "own_metric": SETTINGS_FORM,
    "own_metric_delete": {"POST": Capability.CONFIGURE},
    "rules": SETTINGS_FORM,
    "api:kpis": READ,
    "api:kpi": READ,
    "api:series": READ,
    "api:rows": READ,
    "api:metrics": READ,
    "api:rules": {"GET": Capability.VIEW, "PATCH": Capability.CONFIGURE},
    "api:scorecards": READ,
    "api:scorecard": READ,
}
