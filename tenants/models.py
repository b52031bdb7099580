"""The public schema: tenants, their hosts, and what is due in any of them."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from tenants.calendar import check_zone


class Tenant(TenantMixin):
    """A company that sells subscriptions, with a schema of its own."""

    class State(models.TextChoices):
        CREATING = "creating", _("being created")
        READY = "ready", _("ready")
        SUSPENDED = "suspended", _("suspended")

    auto_create_schema = False  # `tenants.opening` does it, in well under a second

    uuid = models.UUIDField(_("identifier"), default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("name in addresses"), max_length=31, unique=True)
    name = models.CharField(_("name"), max_length=200)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.CREATING
    )
    timezone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[check_zone]
    )
    currency = models.CharField(_("reporting currency"), max_length=3, default="EUR")
    language = models.CharField(_("language"), max_length=10, default="en")
    first_weekday = models.PositiveSmallIntegerField(
        _("first day of the week"), default=1, help_text=_("1 is Monday, 7 is Sunday.")
    )
    last_day = models.DateField(
        _("last day of its data"),
        null=True,
        blank=True,
        help_text=_("No night is run by itself after it: for demonstrations and archives."),
    )
    shard = models.CharField(_("database cluster"), max_length=40, default="main")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("tenant")
        verbose_name_plural = _("tenants")
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(schema_name__regex=r"^[a-z][a-z0-9_]{2,30}$"), name="tenant_schema_name"
            ),
            models.CheckConstraint(
                condition=Q(first_weekday__range=(1, 7)), name="tenant_first_weekday"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="tenant_currency"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Domain(DomainMixin):
    """A host name at which a tenant answers."""

    class Meta:
        verbose_name = _("host name")
        verbose_name_plural = _("host names")


class SchemaTemplate(models.Model):
    """The statements that make a new tenant's schema: one row, see `tenants.template`."""

    fingerprint = models.CharField(max_length=64)
    statements = models.TextField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="schematemplate_one_row")]

    def __str__(self) -> str:
        return self.fingerprint


class NightRun(models.Model):
    """The ledger of the nights: one row for each tenant and local day.

    The broker is a hint, this table is the truth: what it says is pending or has stopped beating
    is put on the queue again, whatever the queue has lost.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        PARKED = "parked", _("given up")

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="nights")
    local_date = models.DateField(_("local day"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default="pending")
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    failures = models.PositiveIntegerField(_("attempts in a row without an end"), default=0)
    stage = models.CharField(_("stage"), max_length=40, blank=True)
    queued_at = models.DateTimeField(_("last put on the queue"), null=True, blank=True)
    heartbeat = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    # Until the night is computed again, because facts of it came late or were corrected.
    reopened_at = models.DateTimeField(_("reopened at"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("night run")
        verbose_name_plural = _("night runs")
        ordering = ["-local_date"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "local_date"], name="nightrun_once_a_day")
        ]
        indexes = [
            models.Index(
                fields=["state"],
                name="nightrun_open",
                condition=Q(state__in=["pending", "running"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.local_date} {self.state}"


class Queue(models.TextChoices):
    """What waits for what: a person for a trial, a tenant's day for its night."""

    INTERACTIVE = "interactive", _("what a person waits for")
    JOBS = "jobs", _("long work")
    NIGHTS = "nights", _("nights")


class Due(models.Model):
    """A job of some tenant that waits or is being done: the queue that all tenants share.

    The job itself is a row in the tenant; this one says whose turn it is, and who has it.
    """

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="due")
    queue = models.CharField(_("queue"), max_length=20, choices=Queue.choices)
    job = models.BigIntegerField(_("number of the job in its tenant"))
    payload = models.JSONField(_("payload"), default=dict, blank=True)
    due_at = models.DateTimeField(_("due at"))
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    failures = models.PositiveIntegerField(_("attempts in a row without an end"), default=0)
    heartbeat = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    created_at = models.DateTimeField(_("asked for at"), auto_now_add=True)

    class Meta:
        verbose_name = _("due work")
        verbose_name_plural = _("due work")
        indexes = [models.Index(fields=["queue", "due_at"], name="due_queue")]
        constraints = [models.UniqueConstraint(fields=["tenant", "job"], name="due_once")]

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.queue} {self.job} {self.due_at:%Y-%m-%d %H:%M}"


class Heartbeat(models.Model):
    """When a piece of work that recurs was last done, by its name."""

    name = models.CharField(_("name"), max_length=40, primary_key=True)
    at = models.DateTimeField(_("done at"))

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M}"


class QueueTurn(models.Model):
    """When a queue last served a tenant: whoever was served longest ago is next."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="turns")
    queue = models.CharField(_("queue"), max_length=20, choices=Queue.choices)
    served_at = models.DateTimeField(_("served at"))

    class Meta:
        verbose_name = _("turn of a tenant")
        verbose_name_plural = _("turns of the tenants")
        constraints = [models.UniqueConstraint(fields=["tenant", "queue"], name="queueturn_once")]

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.queue} {self.served_at:%Y-%m-%d %H:%M}"
