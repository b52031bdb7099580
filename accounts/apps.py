from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Ask every app which kinds of facts it takes in, and which long work it does."""
        autodiscover_modules("kinds", "job_handlers")
