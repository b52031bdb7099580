from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")
    # Each rests on those before it.
    sql_objects = (
        "accounts_months_of",
        "accounts_monthly",
        "accounts_price",
        "accounts_termphase",
        "accounts_mrrphases",
        "accounts_mrrphase",
        "accounts_customerspells",
        "accounts_customerspell",
        "accounts_livemovements",
        "accounts_livemovement",
        "accounts_lifetimes",
        "accounts_memberships",
        "accounts_renewalterms",
        "accounts_keep_membership",
        "accounts_keep_membership_trigger",
        "accounts_insert_unscored",
        "accounts_insert_unscored_trigger",
    )

    def ready(self) -> None:
        """Ask every app which kinds of facts it takes in, and which long work it does."""
        autodiscover_modules("kinds", "job_handlers")
