"""The rows of feedback: answers of each kind, and which of them do not count."""

from collections.abc import Callable

from django.db.models import (
    Case,
    CharField,
    Exists,
    OuterRef,
    Q,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from metrics.catalogue.expressions import bytewise, during
from metrics.catalogue.records import (
    Source,
)
from metrics.catalogue.rows import TEST_ACCOUNT
from metrics.windows.periods import Window
from surveys.models import Response
from tenants.typing import RowsOf

ANSWERS = Source.ANSWERS
NO_ANSWERS = _("Nobody has answered in the period.")
NOT_FRESH = _("Unknown without an answer in the last 180 days.")
FRESH = 180
UNKNOWN = _("Without answers it is unknown, not 0.")
NOT_ANSWERED = gettext_noop("seen, not answered")
EARLIER = gettext_noop("an earlier answer of the same person")
COLUMNS = ("account__name", "survey__name", "answered_at", "score", "touchpoint", "comment")

Responses = RowsOf[Response]


def seen(window: Window) -> Responses:
    """What was answered or seen in the window, test accounts left out."""
    query = Response.objects.filter(during("answered_at", window))
    return query.filter(Q(account=None) | Q(account__is_test=False))


def answers(kind: str) -> Callable[[Window], Responses]:
    return lambda window: seen(window).filter(kind=kind, score__isnull=False)


def excluded_answers(kind: str) -> Callable[[Window], Responses]:
    def rows(window: Window) -> Responses:
        query = Response.objects.filter(during("answered_at", window), kind=kind)
        why = Case(
            When(account__is_test=True, then=Value(TEST_ACCOUNT)),
            default=Value(NOT_ANSWERED),
            output_field=CharField(),
        )
        return query.filter(Q(score=None) | Q(account__is_test=True)).annotate(reason=why)

    return rows


def latest(window: Window) -> Responses:
    """Of each person the last answer; what nobody is known to have said counts by itself."""
    named = answers("nps")(window).alias(name=bytewise("external_id"))
    later = named.filter(
        Q(answered_at__gt=OuterRef("answered_at"))
        | Q(answered_at=OuterRef("answered_at"), name__gt=bytewise(OuterRef("external_id"))),
        contact=OuterRef("contact"),
    )
    return answers("nps")(window).filter(Q(contact=None) | ~Exists(later))


def superseded(window: Window) -> Responses:
    stored = latest(window).values("pk")
    query = answers("nps")(window).exclude(pk__in=stored)
    return query.annotate(reason=Value(EARLIER, output_field=CharField()))
