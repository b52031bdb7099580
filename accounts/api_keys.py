"""Keys of programs: made, shown once, replaced by new ones, revoked."""

from datetime import datetime, timedelta
from typing import cast

from django.db import transaction

from accounts.models import ApiKey


def create(*, name: str, scope: str, expires: datetime | None = None) -> tuple[ApiKey, str]:
    """A new key: its row, and the key itself, which nobody can ever read again."""
    row, key = ApiKey.objects.create_key(name=name, scope=scope, expiry_date=expires)
    return cast(ApiKey, row), key


def rotate(*, key: ApiKey, grace: timedelta, now: datetime) -> tuple[ApiKey, str]:
    """A new key in place of an old one, which works on for a while: nothing stands still."""
    with transaction.atomic():
        ends = now + grace
        if key.expiry_date is None or key.expiry_date > ends:
            ApiKey.objects.filter(pk=key.pk).update(expiry_date=ends)
        return create(name=key.name, scope=key.scope, expires=key.expiry_date)


def revoke(*, key: ApiKey) -> None:
    """From now on the key opens nothing."""
    ApiKey.objects.filter(pk=key.pk).update(revoked=True)
