from accounts.models.care import Activity, Measurement
from accounts.models.changes import Renewal, SubscriptionChange
from accounts.models.customers import Account, AccountNow, Contact
from accounts.models.imports import ColumnMapping, IdempotentAnswer, Import
from accounts.models.jobs import Job
from accounts.models.keys import ApiKey
from accounts.models.money import (
    CustomerSpell,
    DirtyDay,
    LiveMovement,
    MrrMovement,
    MrrPhase,
    TermPhase,
)
from accounts.models.people import Role, User
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
    "CustomerSpell",
    "DirtyDay",
    "IdempotentAnswer",
    "Import",
    "Job",
    "LiveMovement",
    "Measurement",
    "MrrMovement",
    "MrrPhase",
    "Purchase",
    "Rate",
    "Renewal",
    "Role",
    "Subscription",
    "SubscriptionChange",
    "TermPhase",
    "User",
]
