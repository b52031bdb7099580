"""The facts of this floor: customers, what they pay, what is done for them.

The order is that in which files are best imported: each rests on those before it.
"""

from accounts.imports.kinds import register
from accounts.kinds.customers import ACCOUNTS, ACTIVITIES, CONTACTS, MEASUREMENTS
from accounts.kinds.journey import FUNNEL, ONBOARDING
from accounts.kinds.money import (
    COSTS,
    PURCHASES,
    RATES,
    RENEWALS,
    SUBSCRIPTION_CHANGES,
    SUBSCRIPTIONS,
)

register(
    ACCOUNTS,
    CONTACTS,
    RATES,
    SUBSCRIPTIONS,
    SUBSCRIPTION_CHANGES,
    RENEWALS,
    PURCHASES,
    COSTS,
    ACTIVITIES,
    MEASUREMENTS,
    FUNNEL,
    ONBOARDING,
)
