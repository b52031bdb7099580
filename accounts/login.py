"""How people come in: by invitation of their tenant's admin, never by themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.http import HttpRequest

from tenants.context import wrapper


class ClosedDoor(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class ResetTokenOfTheTenant(PasswordResetTokenGenerator):
    """Good at the tenant that mailed it alone, even where another has a copy of the same row."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{wrapper().tenant.uuid}"
