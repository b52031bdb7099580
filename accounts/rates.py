"""What currencies are worth."""

from datetime import date

from accounts.models import Rate
from tenants.models import Tenant


def write_own_currency(*, tenant: Tenant) -> None:
    """A new tenant's reporting currency is worth one of itself, from the beginning of time."""
    Rate.objects.get_or_create(currency=tenant.currency, day=date.min, defaults={"rate": 1})
