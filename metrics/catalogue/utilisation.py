"""Uptake: how much of what was sold is used, by feature and by seat."""

from django.db.models import (
    DateField,
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import Account, CountingRules, Purchase, Subscription, TermPhase
from accounts.models.book import AccountQuerySet
from metrics.catalogue.adoption import came, how_often, people
from metrics.catalogue.expressions import named_by, rule, with_reason
from metrics.catalogue.records import (
    STANDARD,
    AccountMetric,
    Direction,
    Measure,
    Metric,
    RowDimension,
    Source,
    Unit,
    Variant,
    names_in,
)
from metrics.catalogue.rows import OF_ACCOUNT
from metrics.windows.periods import Window
from tenants.typing import AnyRows
from usage.models import DailyUsage

EVENTS = Source.USAGE
BASE = CountingRules.FeatureBase
NO_SEATS = gettext_noop("it is not known how many seats it pays for")
# What nobody has touched for so long is no feature that anybody could adopt.
IN_USE = 90
TRACKED_DAYS = 56
NOT_TRACKED = _("No use was tracked in 56 days.")


def base(window: Window) -> AccountQuerySet:
    """The customers; every account, where nothing is sold or the rules say so."""
    counted = Account.objects.counted()
    sold = Subscription.objects.filter(started_on__lte=window.day)
    bought = Purchase.objects.filter(occurred_on__lte=window.day)
    sells = Q(Exists(sold)) | Q(Exists(bought))
    paying = Q(pk__in=counted.customers_on(window.day).values("pk"))
    known = Q(pk__in=counted.known_on(window.day).values("pk"))
    by_rule = Q(base=BASE.CUSTOMERS) | (Q(base=BASE.AUTO) & sells)
    requested = counted.alias(base=rule("feature_base"))
    return requested.filter((by_rule & paying) | (~by_rule & known))


# The features that count are the tenant's choice, or all: see `CountingRules`.
IS_KEY = named_by("key_features", "feature")
KEY_FEATURES: RawSQL = RawSQL(
    "(SELECT nullif(cardinality(key_features), 0) FROM accounts_countingrules)",
    [],
    output_field=IntegerField(),
)


def features(window: Window) -> AnyRows:
    """What anybody has used lately, by name."""
    return came(window, days=IN_USE).filter(IS_KEY).exclude(feature="")


def _names_of_features(window: Window) -> AnyRows:
    return names_in(features(window), "feature")


class _NumberOf(Subquery):
    """How many rows a query has: SELECT DISTINCT hashes, where COUNT(DISTINCT) would sort."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def _number_of_features(window: Window) -> Coalesce:
    """The key features; where none are named, those in use."""
    return Coalesce(KEY_FEATURES, _NumberOf(features(window).values("feature").distinct()))


def _used(window: Window) -> AnyRows:
    """Each feature that an account of the base has used in 30 days, once."""
    did = (
        came(window, days=30)
        .filter(IS_KEY)
        .exclude(feature="")
        .filter(account__in=base(window).values("pk"))
    )
    each = did.values("account_id", "feature")
    used: AnyRows = each.annotate(last_on=Max("day"), how_often=how_often(did))
    return used


def _could_use(window: Window) -> AnyRows:
    return base(window).annotate(features=_number_of_features(window))


FEATURES_USED = Measure(
    rows=_used,
    account_path="account",
    columns=("account__name", "feature", "last_on", "how_often"),
    dimensions={
        "feature": RowDimension(
            rows=lambda window, feature: _used(window).filter(feature=feature),
            values=_names_of_features,
            each=True,
        )
    },
)
FEATURES_THERE = Measure(
    rows=_could_use,
    expr=F("features"),
    account_path="",
    columns=(*OF_ACCOUNT, "features"),
    dimensions={
        "feature": RowDimension(
            rows=lambda window, feature: base(window), values=_names_of_features, each=True
        )
    },
)
FEATURE_ADOPTION = Metric(
    key="feature_adoption",
    name=_("Feature adoption"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=EVENTS,
    when_missing=_("A feature that was not used in 30 days is not adopted."),
    point_in_time=True,
    variants={
        "all": Variant(
            label=_("mean over features"),
            formula=_(
                "Features that customers used in 30 days, counted by customer ÷ (customers × "
                "features in use); of one feature: customers that used it ÷ customers"
            ),
            numerator=FEATURES_USED,
            denominator=FEATURES_THERE,
            scale=100,
            when_empty=_("No feature has been used in 90 days, or there is nobody to use it."),
        )
    },
)


def _with_seats(window: Window) -> AnyRows:
    """The base with the seats it pays for: the account's own number, else its subscriptions'."""
    priced = TermPhase.objects.on(window.day).filter(amount__gt=0)
    paid = priced.filter(account=OuterRef("pk")).order_by()
    units = Subquery(paid.values("account").annotate(all=Sum("quantity")).values("all"))
    return base(window).annotate(paid_seats=Coalesce("seats", units, output_field=IntegerField()))


def _seated(window: Window) -> AnyRows:
    return _with_seats(window).filter(paid_seats__gt=0)


def _without_seats(window: Window) -> AnyRows:
    unknown = Q(paid_seats=None) | Q(paid_seats=0)
    return with_reason(_with_seats(window).filter(unknown), NO_SEATS)


SEATS_TAKEN = Measure(
    rows=lambda window: people(30)(window).filter(account__in=_seated(window).values("pk")),
    account_path="account",
    columns=("account__name", "user_id", "last_on", "how_often"),
)
SEATS_PAID = Measure(
    rows=_seated,
    expr=F("paid_seats"),
    account_path="",
    columns=(*OF_ACCOUNT, "paid_seats"),
    excluded=_without_seats,
)
# Without tracking, a seat is not empty: nobody knows.
TRACKED = Measure(
    rows=lambda window: came(window, days=TRACKED_DAYS),
    account_path="account",
    columns=("account__name", "user_id", "day"),
)
SEAT_UTILISATION = Metric(
    key="seat_utilisation",
    name=_("Seat utilisation"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=EVENTS,
    when_missing=_("A seat whose person did not come in 30 days is not used."),
    point_in_time=True,
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_("People who came in 30 days ÷ seats paid for"),
            numerator=SEATS_TAKEN,
            denominator=SEATS_PAID,
            scale=100,
            when_empty=_("Nobody is known to pay for seats."),
            requires=TRACKED,
            when_requirement_missing=NOT_TRACKED,
        )
    },
)

METRICS = [FEATURE_ADOPTION, SEAT_UTILISATION]


def _days_since_last_use(window: Window) -> AnyRows:
    """Looked up for each account in the index, however long the history is."""
    used = DailyUsage.objects.filter(account=OuterRef("pk"), day__lte=window.day)
    last = Subquery(used.order_by("-day").values("day")[:1])
    return _days_since(Account.objects.annotate(last_on=last), window)


def _days_since(rows: AnyRows, window: Window) -> AnyRows:
    days = Func(
        Value(window.day, output_field=DateField()),
        F("last_on"),
        arg_joiner=" - ",
        template="(%(expressions)s)",
        output_field=IntegerField(),
    )
    since = rows.filter(last_on__isnull=False).order_by()
    valued: AnyRows = since.annotate(value=days)
    return valued.values("pk", "value")


ACCOUNT_METRICS = [
    AccountMetric.of(
        FEATURE_ADOPTION,
        slot=13,
        name=_("Depth: share of the features in use"),
        formula=_("Features it used in 30 days ÷ features in use by anybody in 90 days"),
    ),
    AccountMetric.of(
        SEAT_UTILISATION,
        slot=14,
    ),
    AccountMetric(
        key="days_since_last_use",
        slot=16,
        name=_("Days since the last use"),
        formula=_("Days from the last day with an event to the end of the day"),
        unit=Unit.DAYS,
        direction=Direction.LOWER,
        source=EVENTS,
        when_missing=_("Unknown for an account that was never seen."),
        values=_days_since_last_use,
    ),
]
