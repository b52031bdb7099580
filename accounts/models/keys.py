"""Keys with which programs read and write over REST."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework_api_key.models import AbstractAPIKey

from accounts.capabilities import OF_ADMINS, OF_MANAGERS, OF_VIEWERS, Capability

_CAPABILITIES = {
    "read": OF_VIEWERS,
    "write": OF_MANAGERS,
    "events": frozenset({Capability.SEND_EVENTS}),
    "admin": OF_ADMINS,
}


class ApiKey(AbstractAPIKey):
    """A key of the tenant: shown once, kept as a hash, good for what its scope says."""

    class Scope(models.TextChoices):
        READ = "read", _("read")
        WRITE = "write", _("read and write")
        EVENTS = "events", _("send events")
        ADMIN = "admin", _("everything an admin may do")

        @property
        def capabilities(self) -> frozenset[Capability]:
            return _CAPABILITIES[self.value]

    scope = models.CharField(_("scope"), max_length=10, choices=Scope.choices, default=Scope.READ)

    class Meta(AbstractAPIKey.Meta):
        verbose_name = _("API key")  # type: ignore[assignment]  # the base says str
        verbose_name_plural = _("API keys")  # type: ignore[assignment]

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What a program with this key may do."""
        return ApiKey.Scope(self.scope).capabilities

    # Asked of whoever makes a request, person or program.
    is_active = True
    is_authenticated = True
    is_anonymous = False
