"""The health score of every account, from its measures and the model in force.

A measure's mark is linear between its worst and best value, 0 to 100, and clamped outside. What
is unknown does not vote: score = sum(weight x mark) / sum(weight of known measures), and coverage
is the share of the weight that is known. Below the model's least coverage there is no status.
"""

from datetime import date
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import Case, CharField, DecimalField, F, Func, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest, Least, NullIf, Round
from django.db.models.lookups import IsNull

from accounts.inserting import insert_select
from accounts.models import AccountNow
from metrics.catalogue import ACCOUNT_METRICS
from metrics.catalogue.own import account_metrics
from metrics.catalogue.records import AccountMetric
from metrics.models import AccountMetricValues, HealthFactor, HealthModel, HealthScore, HealthStatus
from metrics.windows.periods import DAY

MARK = DecimalField(max_digits=7, decimal_places=4)
COLUMNS = ("account_id", "day", "model_id", "score", "coverage", "status", "marks")


def score(*, day: date) -> None:
    """Replace the scores of `day`."""
    HealthScore.objects.filter(day=day).delete()
    model = in_force(day=day)
    if model is None:
        return
    known = account_metrics()
    marks = [mark_of(measure, known.get(measure.key)) for measure in model.factors.all()]
    weights = [measure.weight for measure in model.factors.all()]
    measured = AccountMetricValues.objects.filter(day=day).annotate(
        model_id=Value(model.pk),
        score=score_of(marks, weights),
        coverage=coverage_of(marks, weights),
        marks=Func(
            *marks, template="ARRAY[%(expressions)s]::numeric[]", output_field=ArrayField(MARK)
        ),
    )
    insert_select(
        into=HealthScore, columns=COLUMNS, source=measured.annotate(status=band_of(model))
    )


def in_force(*, day: date) -> HealthModel | None:
    """The newest model whose start has come by `day`."""
    models = HealthModel.objects.filter(version__isnull=False, starts_on__lte=day).prefetch_related(
        "factors"
    )
    return models.order_by("-version").first()


def mark_of(measure: HealthFactor, metric: AccountMetric | None) -> Combinable:
    """The mark 0-100 that a measure's value earns; NULL stays NULL, as does what is gone."""
    if metric is None:
        return Value(None, output_field=MARK)
    value = F(f"values__{metric.slot}")
    share = (value - Value(measure.worst)) / Value(measure.best - measure.worst)
    clamped = Least(Greatest(share, Value(Decimal(0))), Value(Decimal(1)))
    # GREATEST passes over NULLs: without the condition, unknown would be marked as worst.
    known = When(**{f"values__{metric.slot}__isnull": False}, then=clamped * 100)
    return Round(Case(known, output_field=MARK), precision=4)


def score_of(marks: list[Combinable], weights: list[Decimal]) -> Combinable:
    """The weighted mean of the known marks, NULL when none is known."""
    earned = sum(
        (_or_zero(mark) * Value(weight) for mark, weight in zip(marks, weights, strict=True)),
        start=Value(Decimal(0), output_field=MARK),
    )
    return Round(earned / NullIf(_known_weight(marks, weights), Value(Decimal(0))), precision=4)


def coverage_of(marks: list[Combinable], weights: list[Decimal]) -> Combinable:
    """The share of the weight, in percent, that has data."""
    total = sum(weights) or Decimal(1)
    return Round(_known_weight(marks, weights) * 100 / Value(total), precision=4)


def band_of(model: HealthModel) -> Case:
    """Red, amber or green; nothing where too little is known."""
    return Case(
        When(score=None, then=Value("")),
        When(coverage__lt=model.least_coverage, then=Value("")),
        When(score__lt=model.amber_from, then=Value(HealthStatus.RED)),
        When(score__lt=model.green_from, then=Value(HealthStatus.AMBER)),
        default=Value(HealthStatus.GREEN),
        output_field=CharField(),
    )


def _or_zero(mark: Combinable) -> Combinable:
    return Coalesce(mark, Value(Decimal(0)), output_field=MARK)


def _known_weight(marks: list[Combinable], weights: list[Decimal]) -> Combinable:
    known = (
        Case(When(IsNull(mark, False), then=Value(weight)), default=Value(Decimal(0)))
        for mark, weight in zip(marks, weights, strict=True)
    )
    return sum(known, start=Value(Decimal(0), output_field=MARK))


WEEKS = 12
NOW = """
INSERT INTO accounts_accountnow
    (account_id, day, score, status, coverage, mrr, mrr_change, tenure, nps, last_seen,
     score_change, weeks)
SELECT account.id, measures.day, health.score, coalesce(health.status, ''),
       CASE WHEN measures.day IS NOT NULL THEN coalesce(health.coverage, 0) END,
       measures.values[%(mrr)s], measures.values[%(mrr_change_90d)s], measures.values[%(tenure)s],
       measures.values[%(last_nps)s],
       measures.day - measures.values[%(days_since_last_use)s]::integer,
       health.score - earlier.score,
       coalesce(weekly.scores, array_fill(NULL::numeric, ARRAY[cardinality(%(weeks)s::date[])]))
FROM accounts_account account
LEFT JOIN metrics_accountmetricvalues measures
    ON measures.account_id = account.id AND measures.day = %(day)s
LEFT JOIN metrics_healthscore health
    ON health.account_id = measures.account_id AND health.day = measures.day
LEFT JOIN (
    -- Of the night thirty days ago, or the last one in the week before it.
    SELECT DISTINCT ON (account_id) account_id, score FROM metrics_healthscore
    WHERE day BETWEEN %(day)s::date - 36 AND %(day)s::date - 30
    ORDER BY account_id, day DESC
) earlier ON earlier.account_id = account.id
LEFT JOIN (
    SELECT account_id, ARRAY[{weeks}] AS scores FROM metrics_healthscore
    WHERE day = ANY (%(weeks)s) GROUP BY account_id
) weekly ON weekly.account_id = account.id
"""


def weeks_shown(day: date) -> list[date]:
    """The days, a week apart, whose scores are shown beside those of `day`; the oldest first."""
    return [day - 7 * DAY * ago for ago in reversed(range(WEEKS))]


def publish(*, day: date) -> None:
    """Make `day` the one that lists show; an account that was not there yet stays unscored."""
    AccountNow.objects.all().delete()
    # PostgreSQL counts the elements of an array from 1.
    slots = {key: measure.slot + 1 for key, measure in ACCOUNT_METRICS.items()}
    weeks = weeks_shown(day)
    scores = (f"max(score) FILTER (WHERE day = DATE '{week:%Y-%m-%d}')" for week in weeks)
    with connection.cursor() as cursor:
        cursor.execute(
            NOW.replace("{weeks}", ", ".join(scores)), slots | {"day": day, "weeks": weeks}
        )
