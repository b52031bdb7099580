"""Long work: what is wanted, how far it is, and how it ended."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise


class Job(models.Model):
    """A piece of work that outlives the request that asked for it (`accounts.jobs` runs it)."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    OPEN = (State.QUEUED, State.RUNNING)
    TITLES: ClassVar[dict[str, StrOrPromise]] = {}  # by kind, see `accounts.jobs.job_handler`
    position: int | None = None  # in the line, while it waits: see `accounts.jobs.with_positions`

    kind = models.CharField(_("kind"), max_length=40)
    subject = models.CharField(_("file"), max_length=300, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="jobs",
        verbose_name=_("asked for by"),
    )
    parameters = models.JSONField(_("parameters"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    stage = models.CharField(_("stage"), max_length=40, blank=True)
    done = models.BigIntegerField(_("done"), default=0)
    total = models.BigIntegerField(_("of"), null=True)
    errors = models.BigIntegerField(_("errors so far"), default=0)
    cancel_asked = models.BooleanField(_("asked to stop"), default=False)
    heartbeat = models.DateTimeField(_("last sign of life"), null=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    result = models.JSONField(_("result"), default=dict)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("asked for at"), auto_now_add=True)
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    seen_at = models.DateTimeField(_("end seen at"), null=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["owner"],
                name="job_unseen",
                condition=models.Q(seen_at=None, finished_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What it does, in the reader's language."""
        title = str(self.TITLES.get(self.kind, "%(subject)s"))
        return title % {"subject": self.subject or self.kind}

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def took(self) -> timedelta:
        """How long it has run so far, or ran."""
        if self.started_at is None:
            return timedelta()
        return (self.finished_at or timezone.now()) - self.started_at

    @property
    def rate(self) -> float:
        """What is done in a second."""
        return self.done / max(self.took.total_seconds(), 0.001)

    @property
    def percent(self) -> int | None:
        """How much of it is done; None where nobody knows how much there is."""
        return min(100, self.done * 100 // self.total) if self.total else None
