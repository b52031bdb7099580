"""Shaping the health score: drafts are edited, versions are published and never change."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from metrics.catalogue.own import account_metrics
from metrics.models import HealthFactor, HealthModel, Night
from tenants import locks
from tenants.context import tenant_connection

COPIED = ("name", "least_coverage", "amber_from", "green_from")
OF_MEASURE = ("key", "group", "weight", "worst", "best")


def newest() -> HealthModel | None:
    """The version that was published last."""
    return HealthModel.objects.filter(version__isnull=False).order_by("-version").first()


def draft_from(model: HealthModel, *, starts_on: date) -> HealthModel:
    """A draft that begins as a copy of `model`: also how an old version comes back.

    It is based on the newest version, whichever it was copied from: that is what it replaces.
    """
    same = {name: getattr(model, name) for name in COPIED}
    with transaction.atomic():
        draft = HealthModel.objects.create(**same, based_on=newest(), starts_on=starts_on)
        for measure in model.factors.all():
            copied = {name: getattr(measure, name) for name in OF_MEASURE}
            HealthFactor.objects.create(model=draft, position=measure.position, **copied)
    return draft


def publish(draft: HealthModel, *, author: str) -> HealthModel:
    """Make the draft a version that nobody can change any more.

    Raises ValidationError when it cannot score anybody, would rewrite a night that is past, or
    when somebody else has published since the draft was begun.
    """
    with transaction.atomic():
        locks.lock_in_transaction(
            schema_name=tenant_connection().schema_name, purpose="health model"
        )
        latest = newest()
        check(draft, latest=latest)
        draft.version = (latest.version or 0) + 1 if latest else 1
        draft.author = author
        draft.published_at = timezone.now()
        draft.save()
    return draft


def check(draft: HealthModel, *, latest: HealthModel | None) -> None:
    """Raise ValidationError with everything that keeps a draft from being published."""
    problems = []
    if draft.is_published:
        problems.append(_("This version is published already."))
    if latest and draft.based_on_id != latest.pk:
        problems.append(
            _("%(author)s has published version %(version)s since this draft was begun.")
            % {"author": latest.author or _("Somebody"), "version": latest.version}
        )
    if not (draft.factors.aggregate(all=Sum("weight"))["all"] or 0) > 0:
        problems.append(_("At least one measure must have a weight above 0."))
    known = account_metrics()
    unknown = [one.key for one in draft.factors.all() if one.key not in known]
    if unknown:
        problems.append(_("There is no such measure: %s.") % ", ".join(unknown))
    last_night = Night.objects.aggregate(day=Max("day"))["day"]
    if last_night and draft.starts_on <= last_night:
        problems.append(
            _("It must begin after %s, the last day that is scored already.") % last_night
        )
    if problems:
        raise ValidationError(problems)
