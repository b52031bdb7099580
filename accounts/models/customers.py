"""The tenant's customers and their people."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.countries import code_of
from accounts.dirty import marks_on_update
from accounts.history import with_history
from accounts.models.book import AccountQuerySet

# Whether an account is counted at all, and from when on it was there, changes every figure of it.
COUNTED_OTHERWISE = """
SELECT n.id AS account_id, coalesce(
    least(o.created_on, n.created_on,
          (SELECT min(s.started_on) FROM accounts_subscription s WHERE s.account_id = n.id)),
    '0001-01-01') AS day
FROM old_rows o JOIN new_rows n USING (id)
WHERE o.is_test <> n.is_test OR o.created_on IS DISTINCT FROM n.created_on
"""


@with_history
class Account(models.Model):
    """A company, or a person, that the tenant sells to."""

    external_id = models.CharField(_("external id"), max_length=200, unique=True)
    name = models.CharField(_("name"), max_length=300)
    parent = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent account"),
    )
    stage = models.CharField(_("stage"), max_length=40, blank=True)
    segment = models.CharField(_("segment"), max_length=100, blank=True)
    industry = models.CharField(_("industry"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    # Not a key to User: a book is often loaded before its managers have accounts here.
    owner_email = models.EmailField(_("owner"), blank=True)
    owner_name = models.CharField(_("owner's name"), max_length=200, blank=True)
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    created_on = models.DateField(_("created on"), null=True, blank=True)
    domain = models.CharField(_("web domain"), max_length=253, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    language = models.CharField(_("language"), max_length=35, blank=True)
    is_test = models.BooleanField(_("test account"), default=False)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(external_id=""), name="account_has_external_id"),
            models.CheckConstraint(condition=~Q(name=""), name="account_has_name"),
            models.CheckConstraint(
                condition=~Q(parent=models.F("pk")), name="account_no_own_parent"
            ),
        ]
        indexes = [
            models.Index(fields=["segment"], name="account_segment"),
            models.Index(fields=["owner_email"], name="account_owner"),
            models.Index(fields=["name", "id"], name="account_name"),
        ]
        # Besides, `accounts/sql`: what it belonged to is kept, and lists have it at once.
        triggers = [*marks_on_update(facts="money", updated=COUNTED_OTHERWISE)]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Store the code of a country that a form names."""
        self.country = code_of(self.country)


@with_history
class Contact(models.Model):
    """A person who works at an account."""

    external_id = models.CharField(_("external id"), max_length=200, unique=True)
    account = models.ForeignKey(
        Account, models.CASCADE, related_name="contacts", verbose_name=_("account")
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    name = models.CharField(_("name"), max_length=300, blank=True)
    language = models.CharField(_("language"), max_length=35, blank=True)
    role = models.CharField(_("role"), max_length=40, blank=True)
    created_on = models.DateField(_("created on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    unsubscribed = models.BooleanField(_("wants no mail"), default=False)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(external_id=""), name="contact_has_external_id"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.external_id


class AccountNow(models.Model):
    """What the latest night found, in columns that any list can sort and filter by.

    Every account has a row from its creation on; `day` is NULL until a night has scored it.
    """

    account = models.OneToOneField(
        Account, models.CASCADE, primary_key=True, related_name="now", verbose_name=_("account")
    )
    day = models.DateField(_("as of"), null=True)
    score = models.DecimalField(_("health"), max_digits=7, decimal_places=4, null=True)
    status = models.CharField(_("status"), max_length=10, blank=True)
    coverage = models.DecimalField(_("coverage"), max_digits=7, decimal_places=4, null=True)
    mrr = models.DecimalField(_("MRR"), max_digits=24, decimal_places=10, null=True)
    mrr_change = models.DecimalField(
        _("change of MRR"), max_digits=24, decimal_places=10, null=True
    )
    tenure = models.DecimalField(_("tenure"), max_digits=24, decimal_places=10, null=True)
    nps = models.PositiveSmallIntegerField(_("last NPS answer"), null=True)
    last_seen = models.DateField(_("last seen"), null=True)
    score_change = models.DecimalField(
        _("change of health in 30 days"), max_digits=7, decimal_places=4, null=True
    )
    # The scores of twelve weeks, the latest last; NULL where there was none.
    weeks = ArrayField(models.DecimalField(max_digits=7, decimal_places=4, null=True), default=list)

    class Meta:
        verbose_name = _("latest figures")
        verbose_name_plural = _("latest figures")
        indexes = [
            models.Index(fields=["score", "account"], name="now_score"),
            models.Index(fields=["mrr", "account"], name="now_mrr"),
            models.Index(fields=["status", "score"], name="now_status"),
            models.Index(fields=["last_seen", "account"], name="now_last_seen"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}"
