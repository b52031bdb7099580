"""How people come in: by invitation of their tenant's admin, never by themselves."""

import logging

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.http import HttpRequest

from accounts import mail
from accounts.models import User
from tenants.context import tenant_connection
from tenants.typing import Context

log = logging.getLogger(__name__)


class NoSignupAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: Context) -> None:
        """Send a message, or log why it cannot be sent: who asked for it gets the same answer."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as problem:  # the mail server's refusals among them
            log.exception("mail %s could not be sent", template_prefix)
            mail.note_failure(problem)


class ResetTokenOfTheTenant(PasswordResetTokenGenerator):
    """Good at the tenant that mailed it alone, even where another has a copy of the same row."""

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{tenant_connection().tenant.uuid}"
