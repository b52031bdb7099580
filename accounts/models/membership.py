"""What part of the book an account belonged to, as of the end of a day.

An account says what it is now. Whenever a column that the book is cut by becomes another, a trigger
keeps what it was until then; so a past day is cut as it was, however often it is counted again.
"""

from datetime import date

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.table_functions import rows_of

CUT_BY = ("segment", "industry", "country", "region", "stage", "owner_email")


def _each(template: str, join: str = ", ") -> str:
    """The template for every column, as {c}."""
    return join.join(template.replace("{c}", column) for column in CUT_BY)


# What was empty and is filled in was not known before: it is filled in for the days before too.
# And the day on which an account came into the book is one day: what it was at its end counts.
KEEP = f"""
INSERT INTO accounts_pastmembership (account_id, until, {_each("{c}")})
SELECT o.id, today.day, {_each("CASE WHEN o.{c} = '' THEN n.{c} ELSE o.{c} END")}
FROM old_rows o JOIN new_rows n USING (id),
     (SELECT (now() AT TIME ZONE timezone)::date AS day, timezone FROM accounts_countingrules) today
WHERE ({_each("(o.{c} <> '' AND o.{c} <> n.{c})", " OR ")})
  AND NOT EXISTS (
      SELECT FROM accounts_accountevent e
      WHERE e.pgh_obj_id = o.id AND e.pgh_label = 'insert'
        AND e.pgh_created_at >= today.day::timestamp AT TIME ZONE today.timezone)
ON CONFLICT (account_id, until) DO NOTHING;
UPDATE accounts_pastmembership past
SET {_each("{c} = CASE WHEN past.{c} = '' THEN n.{c} ELSE past.{c} END")}
FROM old_rows o JOIN new_rows n USING (id)
WHERE past.account_id = o.id
  AND ({_each("(o.{c} = '' AND past.{c} = '' AND n.{c} <> '')", " OR ")});
RETURN NULL;
"""

KEEPS_MEMBERSHIP = pgtrigger.Trigger(
    name="keeps_membership",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"),  # type: ignore[no-untyped-call]
    func=KEEP,
)


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
