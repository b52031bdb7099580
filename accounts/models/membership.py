"""What part of the book an account belonged to, as of the end of a day.

An account says what it is now. Whenever a column that the book is cut by becomes another,
a trigger (`accounts/sql/accounts_keep_membership.sql`) keeps what it was until then; so a past day
is cut as it was, however often it is counted again.
"""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.table_functions import rows_of

CUT_BY = ("segment", "industry", "country", "region", "stage", "owner_email")


class Parts(models.Model):
    """The columns of an account that the book is cut by."""

    segment = models.CharField(_("segment"), max_length=100, blank=True)
    industry = models.CharField(_("industry"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    stage = models.CharField(_("stage"), max_length=40, blank=True)
    owner_email = models.EmailField(_("owner"), blank=True)

    class Meta:
        abstract = True


class PastMembership(Parts):
    """What an account belonged to before the day `until`, and since the row before this one."""

    account = models.ForeignKey(
        "Account", models.CASCADE, related_name="past_memberships", verbose_name=_("account")
    )
    until = models.DateField(_("until"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "until"], name="pastmembership_once_a_day")
        ]
        indexes = [models.Index(fields=["until"], name="pastmembership_until")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.until}"


class Membership(Parts):
    """What an account belonged to at the end of a day: a row of a function of the day."""

    account = models.OneToOneField(
        "Account", models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )

    class Meta:
        managed = False
        db_table = "accounts_memberships"

    def __str__(self) -> str:
        return f"{self.account_id}"


def memberships(day: date) -> models.QuerySet[Membership, Membership]:
    """Every account as it was at the end of `day`."""
    return rows_of(Membership, models.Value(day, output_field=models.DateField()))
