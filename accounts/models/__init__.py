from accounts.models.customers import Account, AccountNow, Contact
from accounts.models.keys import ApiKey
from accounts.models.money import DirtyDay, LiveMovement, MrrMovement, MrrPhase
from accounts.models.people import Role, User
from accounts.models.subscriptions import Subscription

__all__ = [
    "Account",
    "AccountNow",
    "ApiKey",
    "Contact",
    "DirtyDay",
    "LiveMovement",
    "MrrMovement",
    "MrrPhase",
    "Role",
    "Subscription",
    "User",
]
