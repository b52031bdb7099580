"""What came in, from where, and what was made of it."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.jobs import Job

if TYPE_CHECKING:
    from accounts.imports.records import Kind


class Import(models.Model):
    """One file, or one call over REST, with what became of its rows. It can be undone."""

    class Source(models.TextChoices):
        FILE = "file", _("file")
        COMMAND = "command", _("command line")
        REST = "rest", _("REST")
        SAMPLE = "sample", _("sample data")

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        CHECKED = "checked", _("checked")
        DONE = "done", _("imported")
        REFUSED = "refused", _("refused")
        UNDONE = "undone", _("undone")

    kind = models.CharField(_("kind"), max_length=40)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.UPLOADED
    )
    name = models.CharField(_("file"), max_length=300)
    file = models.FileField(_("content"), upload_to="imports/", blank=True)
    mapping = models.JSONField(_("columns"), default=dict)
    options = models.JSONField(_("how it is read"), default=dict, blank=True)
    preset = models.CharField(_("saved by"), max_length=20, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="imports",
        verbose_name=_("by"),
    )
    job = models.ForeignKey(
        Job, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("job")
    )
    created = models.BigIntegerField(_("created"), default=0)
    updated = models.BigIntegerField(_("changed"), default=0)
    unchanged = models.BigIntegerField(_("unchanged"), default=0)
    rejected = models.BigIntegerField(_("rejected"), default=0)
    accounts_created = models.BigIntegerField(_("accounts created"), default=0)
    refusal = models.TextField(_("why it was refused"), blank=True)
    # Where one of the options decides: its name, what may be chosen, and how a cell is read so.
    question = models.JSONField(_("what has to be chosen"), default=dict, blank=True)
    assumptions = models.JSONField(_("what was assumed"), default=list, blank=True)
    # Values that are none of a column's choices, by column.
    unknown_values = models.JSONField(_("unknown values"), default=dict, blank=True)
    changes = models.JSONField(_("some of the changes"), default=list)
    rejects = models.FileField(_("rejected rows"), upload_to="imports/", blank=True)
    left = models.JSONField(_("left by the undoing"), default=list)
    # How many rows the undoing restored, removed and left; empty until it is undone.
    undoing = models.JSONField(_("rows of the undoing"), default=dict)
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    imported_at = models.DateTimeField(_("imported at"), null=True)
    undone_at = models.DateTimeField(_("undone at"), null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def of_kind(self) -> "Kind":
        from accounts.imports.kinds import KINDS  # its declarations name the models of this package

        return KINDS[self.kind]

    @property
    def counts(self) -> dict[str, int]:
        """What became of the rows."""
        names = ("created", "updated", "unchanged", "rejected")
        return {name: getattr(self, name) for name in names}

    @property
    def outcome(self) -> str:
        """Its state; of one that was never taken in, how its job ended when it ended badly."""
        ended = self.job and self.job.state in (Job.State.CANCELLED, Job.State.FAILED)
        if self.state == self.State.UPLOADED and self.job and ended:
            return self.job.state
        return self.state

    @property
    def rows(self) -> int:
        return sum(self.counts.values())

    @property
    def can_be_undone(self) -> bool:
        return self.state == self.State.DONE and bool(self.created or self.updated)

    @property
    def brought_nothing(self) -> bool:
        """Whether it is done and none of its rows was good."""
        return self.state == self.State.DONE and self.rows == self.rejected

    @property
    def can_be_imported(self) -> bool:
        """Whether its trial found a good row."""
        return self.state == self.State.CHECKED and self.rows > self.rejected


class ColumnMapping(models.Model):
    """What a column of a tenant's own files has meant before."""

    kind = models.CharField(max_length=40)
    header = models.CharField(max_length=300)
    column = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "header"], name="columnmapping_once")
        ]

    def __str__(self) -> str:
        return f"{self.header}: {self.column}"


class IdempotentAnswer(models.Model):
    """What was answered to a request with an `Idempotency-Key`, to be said again."""

    key = models.CharField(max_length=255)
    caller = models.CharField(max_length=300)
    request = models.CharField(max_length=64, help_text="Hash of method, path and body.")
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["caller", "key"], name="idempotentanswer_once")
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotentanswer_age")]

    def __str__(self) -> str:
        return self.key
