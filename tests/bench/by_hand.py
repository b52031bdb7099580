"""The outputs of a night once more, in SQL that was written for them by hand.

Nothing of the catalogue is used: this is what the night is measured against, and it must come to
the same numbers. Each text yields (account_id, worth) for a window: %(start)s to %(end)s, its last
day %(day)s and the day before it %(eve)s.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from metrics.figures.readings import at_end, comparison_windows
from metrics.windows.periods import DAY, Period, Window, window_for

PAYING = "starts_on <= {day} AND (ends_on IS NULL OR ends_on > {day})"
NOW, THEN = PAYING.format(day="%(day)s"), PAYING.format(day="%(eve)s")
CUSTOMERS = "SELECT DISTINCT account_id FROM accounts_mrrphase WHERE {when}"
OPENING, CLOSING = CUSTOMERS.format(when=THEN), CUSTOMERS.format(when=NOW)
MOVED = "FROM accounts_mrrmovement WHERE day >= %(start)s AND day < %(end)s AND kind IN ({kinds})"


def moved(*kinds: str, sign: str = "", opening: bool = False) -> str:
    rows = MOVED.format(kinds=", ".join(f"'{kind}'" for kind in kinds))
    only = f" AND account_id IN ({OPENING})" if opening else ""
    return f"SELECT account_id, {sign}amount AS worth {rows}{only}"


def each(accounts: str) -> str:
    return f"SELECT account_id, 1 AS worth FROM ({accounts}) them"


LEFT = (
    f"SELECT DISTINCT account_id {MOVED.format(kinds=repr('churn'))}"
    f" AND account_id NOT IN ({CLOSING})"
)
NEW = f"SELECT DISTINCT account_id {MOVED.format(kinds=repr('new'))}"
BACK = f"SELECT DISTINCT account_id {MOVED.format(kinds=repr('reactivation'))}"
BOTH = f"""
SELECT account_id, sum(mrr) FILTER (WHERE {THEN}) AS past, sum(mrr) FILTER (WHERE {NOW}) AS present
FROM accounts_mrrphase GROUP BY account_id
"""
USED = (
    "FROM usage_dailyusage WHERE day > %(day)s::date - {since} AND day <= %(day)s::date - {until}"
)


def people(days: int) -> str:
    used = USED.format(since=days, until=0)
    return f"SELECT account_id, 1 AS worth {used} GROUP BY account_id, user_id"


def person_days(since: int, until: int = 0) -> str:
    used = USED.format(since=since, until=until)
    return f"SELECT account_id, 1 AS worth {used} GROUP BY account_id, user_id, day"


def scored(kind: str, worth: str, *, blank: bool = False) -> str:
    only = "" if blank else f" AND kind = '{kind}' AND score IS NOT NULL"
    return (
        f"SELECT account_id, {worth} AS worth FROM surveys_response "
        "WHERE answered_at >= timezone('UTC', %(start)s::timestamp) "
        f"AND answered_at < timezone('UTC', %(end)s::timestamp){only}"
    )


def between(low: int, high: int) -> str:
    return f"(score BETWEEN {low} AND {high})::int"


ACCRUED = """
SELECT account_id, mrr * (accounts_months_of(least(coalesce(ends_on, %(end)s), %(end)s))
                          - accounts_months_of(greatest(starts_on, %(start)s))) AS worth
FROM accounts_mrrphase WHERE starts_on < %(end)s AND (ends_on IS NULL OR ends_on > %(start)s)
"""
SOLD = """
SELECT account_id, amount * (
    SELECT rate FROM accounts_rate r WHERE r.currency = p.currency AND r.day <= p.occurred_on
    ORDER BY r.day DESC LIMIT 1) AS worth
FROM accounts_purchase p WHERE occurred_on >= %(start)s AND occurred_on < %(end)s
"""
AT_END = f"SELECT account_id, mrr AS worth FROM accounts_mrrphase WHERE {NOW}"
SESSIONS = "FROM usage_session WHERE day >= %(start)s AND day < %(end)s"
SECONDS = f"SELECT account_id, extract(epoch FROM ended_at - started_at) AS worth {SESSIONS}"
FEATURES = f"SELECT DISTINCT feature {USED.format(since=90, until=0)} AND feature <> ''"
SEATS = f"""
SELECT a.id AS account_id, coalesce(a.seats, sold.seats) AS worth FROM accounts_account a
JOIN ({CLOSING}) c ON c.account_id = a.id
LEFT JOIN (SELECT account_id, sum(quantity) AS seats FROM accounts_termphase WHERE {NOW}
           GROUP BY account_id) sold ON sold.account_id = a.id
WHERE coalesce(a.seats, sold.seats) > 0
"""
PERSON_DAYS = """
SELECT account_id, 1.0 / (%(end)s::date - %(start)s::date) AS worth FROM usage_dailyusage
WHERE day >= %(start)s AND day < %(end)s GROUP BY account_id, user_id, day
"""

ROWS = {
    "mrr": AT_END,
    "forever": f"SELECT account_id, forever AS worth FROM accounts_termphase WHERE {NOW}"
    " AND forever > 0",
    "listed": f"SELECT account_id, listed AS worth FROM accounts_termphase WHERE {NOW}",
    "not cancelled": """SELECT p.account_id, p.mrr AS worth FROM accounts_mrrphase p
        JOIN accounts_subscription s ON s.id = p.subscription_id
        WHERE p.starts_on <= %(day)s AND (p.ends_on IS NULL OR p.ends_on > %(day)s)
        AND (s.cancelled_on IS NULL OR s.cancelled_on > %(day)s)""",
    "opening mrr": f"SELECT account_id, mrr AS worth FROM accounts_mrrphase WHERE {THEN}",
    "customers": each(CLOSING),
    "opening": each(OPENING),
    "stayed": each(f"{OPENING} INTERSECT {CLOSING}"),
    "lost": each(f"{OPENING} EXCEPT {CLOSING}"),
    "left": each(LEFT),
    "new": each(NEW),
    "ever": each(f"{OPENING} UNION {NEW} UNION {BACK}"),
    "tenure": f"""SELECT account_id, (%(end)s - min(starts_on)) / 30.4375 AS worth
        FROM accounts_mrrphase WHERE starts_on <= %(day)s AND account_id IN ({CLOSING})
        GROUP BY account_id""",
    "kept": f"SELECT account_id, coalesce(present, 0) AS worth FROM ({BOTH}) b WHERE past > 0",
    "kept and back": f"""SELECT account_id, coalesce(present, 0) AS worth FROM ({BOTH}) b
        WHERE past > 0 OR account_id IN ({BACK})""",
    "capped": f"""SELECT account_id, least(past, coalesce(present, 0)) AS worth FROM ({BOTH}) b
        WHERE past > 0""",
    "gone": f"""SELECT account_id, past - least(past, coalesce(present, 0)) AS worth
        FROM ({BOTH}) b WHERE past > 0""",
    "new mrr": moved("new"),
    "expansion": moved("expansion"),
    "contraction": moved("contraction", sign="-"),
    "churned": moved("churn", sign="-"),
    "reactivation": moved("reactivation"),
    "gained": moved("new", "expansion", "reactivation"),
    "lost mrr": moved("contraction", "churn", sign="-"),
    "lost of opening": moved("contraction", "churn", sign="-", opening=True),
    "net": moved("contraction", "churn", "expansion", "reactivation", sign="-"),
    "net of opening": moved(
        "contraction", "churn", "expansion", "reactivation", sign="-", opening=True
    ),
    "accrued": ACCRUED,
    "sold": SOLD,
    "mrr and sold": f"{AT_END} UNION ALL {SOLD}",
    "accrued and sold": f"{ACCRUED} UNION ALL {SOLD}",
    "mean customers": """SELECT account_id, (least(coalesce(ends_on, %(end)s), %(end)s)
            - greatest(starts_on, %(start)s))::numeric / (%(end)s::date - %(start)s::date) AS worth
        FROM accounts_customerspell
        WHERE starts_on < %(end)s AND (ends_on IS NULL OR ends_on > %(start)s)""",
    "mean people": PERSON_DAYS,
    "nps": scored("nps", f"{between(9, 10)} - {between(0, 6)}"),
    "nps all": scored("nps", "1"),
    "csat": scored("csat", between(4, 5)),
    "csat all": scored("csat", "1"),
    "css": scored("css", between(6, 10)),
    "css all": scored("css", "1"),
    "ces": scored("ces", "score"),
    "ces positive": scored("ces", between(5, 7)),
    "ces index": scored("ces", f"{between(6, 7)} - {between(1, 3)}"),
    "ces all": scored("ces", "1"),
    "answered": scored("", "1", blank=True) + " AND score IS NOT NULL",
    "asked": scored("", "1", blank=True),
    "day": people(1),
    "week": people(7),
    "month": people(30),
    "days of month": person_days(30),
    "28 days": person_days(28),
    "56 days": person_days(56),
    "28 before": person_days(56, 28),
    "seconds": SECONDS,
    "sessions": f"SELECT account_id, 1 AS worth {SESSIONS}",
    "long seconds": f"{SECONDS} AND events > 1",
    "long sessions": f"SELECT account_id, 1 AS worth {SESSIONS} AND events > 1",
    "features used": f"""SELECT account_id, 1 AS worth {USED.format(since=30, until=0)}
        AND feature <> '' AND account_id IN ({CLOSING}) GROUP BY account_id, feature""",
    "features there": f"""SELECT account_id, (SELECT count(*) FROM ({FEATURES}) f) AS worth
        FROM ({CLOSING}) c""",
    "seats taken": f"{people(30).split(' GROUP BY ')[0]} AND account_id IN "
    f"(SELECT account_id FROM ({SEATS}) s) GROUP BY account_id, user_id",
    "seats": SEATS,
}
STATES = (
    *("mrr", "arr", "arpa", "customers", "tenure", "dau", "wau", "mau", "stickiness"),
    *("usage_trend", "feature_adoption", "seat_utilisation"),
)


@dataclass(frozen=True)
class ByHand:
    """Numerator over denominator, by the names of their rows; unknown without what it requires."""

    top: str
    below: str = ""
    requires: str = ""


OUTPUTS: dict[tuple[str, str], ByHand] = {
    ("mrr", "all"): ByHand("mrr"),
    ("mrr", "forever"): ByHand("forever"),
    ("mrr", "none"): ByHand("listed"),
    ("mrr", "cancellation"): ByHand("not cancelled"),
    ("arr", "all"): ByHand("mrr"),
    ("new_mrr", "all"): ByHand("new mrr"),
    ("expansion_mrr", "all"): ByHand("expansion"),
    ("contraction_mrr", "all"): ByHand("contraction"),
    ("churned_mrr", "all"): ByHand("churned"),
    ("reactivation_mrr", "all"): ByHand("reactivation"),
    ("quick_ratio", "all"): ByHand("gained", "lost mrr"),
    ("arpa", "all"): ByHand("mrr", "customers"),
    ("recurring_revenue", "all"): ByHand("accrued"),
    ("non_recurring_revenue", "all"): ByHand("sold"),
    ("non_recurring_revenue", "with_mrr"): ByHand("mrr and sold"),
    ("arpu", "per_customer"): ByHand("accrued and sold", "mean customers"),
    ("arpu", "per_user"): ByHand("accrued and sold", "mean people"),
    ("customers", "all"): ByHand("customers"),
    ("new_customers", "all"): ByHand("new"),
    ("churned_customers", "all"): ByHand("left"),
    ("customer_churn_rate", "opening"): ByHand("lost", "opening"),
    ("customer_churn_rate", "opening_plus_new"): ByHand("left", "opening"),
    ("customer_churn_rate", "all"): ByHand("left", "ever"),
    ("customer_churn_rate", "to_new"): ByHand("left", "new"),
    ("customer_retention_rate", "opening"): ByHand("stayed", "opening"),
    ("tenure", "all"): ByHand("tenure", "customers"),
    ("gross_mrr_churn", "opening"): ByHand("gone", "opening mrr"),
    ("gross_mrr_churn", "movements"): ByHand("lost of opening", "opening mrr"),
    ("gross_mrr_churn", "all_movements"): ByHand("lost mrr", "opening mrr"),
    ("net_mrr_churn", "opening"): ByHand("net of opening", "opening mrr"),
    ("net_mrr_churn", "all_movements"): ByHand("net", "opening mrr"),
    ("nrr", "opening"): ByHand("kept", "opening mrr"),
    ("nrr", "with_reactivation"): ByHand("kept and back", "opening mrr"),
    ("grr", "opening"): ByHand("capped", "opening mrr"),
    ("nps", "all"): ByHand("nps", "nps all"),
    ("csat", "all"): ByHand("csat", "csat all"),
    ("css", "all"): ByHand("css", "css all"),
    ("ces", "mean"): ByHand("ces", "ces all"),
    ("ces", "positive"): ByHand("ces positive", "ces all"),
    ("ces", "index"): ByHand("ces index", "ces all"),
    ("response_rate", "all"): ByHand("answered", "asked"),
    ("dau", "all"): ByHand("day"),
    ("wau", "all"): ByHand("week"),
    ("mau", "all"): ByHand("month"),
    ("stickiness", "mean"): ByHand("days of month", "month"),
    ("stickiness", "last_day"): ByHand("day", "month"),
    ("usage_trend", "all"): ByHand("28 days", "28 before"),
    ("avg_session_duration", "all"): ByHand("seconds", "sessions"),
    ("avg_session_duration", "without_bounces"): ByHand("long seconds", "long sessions"),
    ("feature_adoption", "all"): ByHand("features used", "features there"),
    ("seat_utilisation", "all"): ByHand("seats taken", "seats", "56 days"),
}
# In the generated world nobody is known by name, so each person's latest answer is every answer.
OUTPUTS["nps", "latest_per_contact"] = OUTPUTS["nps", "all"]

CUT = """
SELECT GROUPING(a.segment, a.industry, a.country, a.owner_email),
       coalesce(a.segment, a.industry, a.country, a.owner_email, ''),
       coalesce(sum(worth), 0), count(*)
FROM ({rows}) r JOIN accounts_account a ON a.id = r.account_id AND NOT a.is_test
GROUP BY GROUPING SETS ((), (a.segment), (a.industry), (a.country), (a.owner_email))
"""
WHOLE = """
SELECT 15, '', coalesce(sum(worth), 0), count(*)
FROM ({rows}) r JOIN accounts_account a ON a.id = r.account_id AND NOT a.is_test
"""
COLUMNS = {15: "", 7: "segment", 11: "industry", 13: "country", 14: "owner_email"}

# (period, compared, key, variant, cut, value of the cut) -> numerator, denominator
Found = dict[tuple[str, ...], tuple[Decimal | None, Decimal | None]]
Sums = dict[tuple[str, str], Decimal]


def figures(day: Any) -> Found:
    """Every number of the night of `day`."""
    found: Found = {}
    seen: dict[tuple[str, Window, bool], Sums] = {}
    for period in Period:
        for name, days in comparison_windows(window_for(period=period, day=day)):
            for key, output in OUTPUTS.items():
                query = at_end(days) if key[0] in STATES else days
                tops, belows, given = (
                    _sums(seen, part, query, cut=not name) if part else None
                    for part in (output.top, output.below, output.requires)
                )
                for where in {*(tops or ()), *(belows or ())}:
                    place = (str(period), name, *key, *where)
                    unknown = given is not None and not given.get(where)
                    found[place] = (_at(tops, where, unknown), _at(belows, where, unknown))
    return found


def _at(sums: Sums | None, where: tuple[str, str], unknown: bool) -> Decimal | None:
    return None if sums is None or unknown else sums.get(where, Decimal(0))


def _sums(
    seen: dict[tuple[str, Window, bool], Sums], part: str, days: Window, *, cut: bool
) -> Sums:
    if (part, days, cut) not in seen:
        text = (CUT if cut else WHOLE).format(rows=ROWS[part])
        place = {"start": days.start, "end": days.end, "day": days.day, "eve": days.start - DAY}
        with connection.cursor() as cursor:
            cursor.execute(text, place)
            rows = cursor.fetchall()
        seen[part, days, cut] = {(COLUMNS[bits], value): total for bits, value, total, _n in rows}
    return seen[part, days, cut]
