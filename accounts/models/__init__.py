from accounts.models.care import Activity, Measurement
from accounts.models.changes import Renewal, SubscriptionChange
from accounts.models.customers import Account, AccountNow, Contact
from accounts.models.imports import ColumnMapping, IdempotentAnswer, Import
from accounts.models.jobs import Job
from accounts.models.journey import FunnelStep, OnboardingStep
from accounts.models.keys import ApiKey
from accounts.models.membership import Membership, PastMembership
from accounts.models.money import (
    CustomerSpell,
    DirtyDay,
    Lifetime,
    LiveMovement,
    MrrMovement,
    MrrPhase,
    RenewalTerm,
    TermPhase,
)
from accounts.models.people import OwnerName, Role, User
from accounts.models.rules import CountingRules
from accounts.models.sales import Cost, Purchase, Rate
from accounts.models.subscriptions import Subscription

__all__ = [
    "Account",
    "AccountNow",
    "Activity",
    "ApiKey",
    "ColumnMapping",
    "Contact",
    "Cost",
    "CountingRules",
    "CustomerSpell",
    "DirtyDay",
    "FunnelStep",
    "IdempotentAnswer",
    "Import",
    "Job",
    "Lifetime",
    "LiveMovement",
    "Measurement",
    "Membership",
    "MrrMovement",
    "MrrPhase",
    "OnboardingStep",
    "OwnerName",
    "PastMembership",
    "Purchase",
    "Rate",
    "Renewal",
    "RenewalTerm",
    "Role",
    "Subscription",
    "SubscriptionChange",
    "TermPhase",
    "User",
]
