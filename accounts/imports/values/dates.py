"""Days and times as people write them: 31.01.2025, 1/31/2024 2:05 PM, 31-Jan-2025, 1404-03-01.

The order of day and month is decided once for a file. A number above 12 is no month; where no cell
tells, the file is refused, for 03/04 may be the one or the other.
"""

import json
from collections.abc import Sequence
from functools import cache

from babel.dates import get_month_names
from django.utils.translation import gettext as _
from psycopg import sql

from accounts.imports.options import ImportOptions
from accounts.imports.records import Type
from accounts.imports.refusals import Ambiguous, ImportFileError
from accounts.imports.staging import execute, fetch, fetch_all
from accounts.imports.values.cells import Column, any_unlike, make_table, put_back, set_aside
from tenants.typing import SqlParameters

TABLE = sql.Identifier("import_dates")
FURTHER = (
    "moment bool, utc bool, year int, first int, second int, month int, day int, time text[],"
    " rest text, ok bool"
)
OF_TYPES = (Type.DATE, Type.MONTH, Type.MOMENT)
PLAIN_DAY = "^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$"
PLAIN_MOMENT = (
    "^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"
    r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?( ?(Z|[+-][0-9]{2}:?[0-9]{2}))?)?$"
)
NOTHING = "^$"
REST = r"(?:[T ,]+(.+))?$"
NUMERIC = r"^([0-9]{1,4})([-/.])([0-9]{1,2})\2([0-9]{1,4})" + REST
DAY_MONTH = r"^([0-9]{1,2})[-./ ]+([^-0-9 .,/]{3,12})[-./, ]+([0-9]{4})" + REST
MONTH_DAY = r"^([^-0-9 .,/]{3,12})[. ]+([0-9]{1,2})(?:st|nd|rd|th)?,? +([0-9]{4})" + REST
# Where dots are written the day stands before the month.
DOTTED = r"^[0-9]{1,2}\."
OPEN = "first <= 12 AND second <= 12 AND first <> second"
COMPACT = "^([0-9]{4})([0-9]{2})([0-9]{2})$"
TIME = (
    r"^([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}(?:\.[0-9]{1,9})?))?"
    r"(?: ?([AaPp])\.?[Mm]\.?)?(?: ?(Z|z|UTC|GMT|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9]))?$"
)
SHOWN = 3


def normalize(
    *, columns: Sequence[Column], options: ImportOptions, sql_params: SqlParameters
) -> list[str]:
    """Write the days and times of staged rows as ISO 8601; returns what was assumed."""
    days = [one.place for one in columns if one.column.type in (Type.DATE, Type.MONTH)]
    moments = [one.place for one in columns if one.column.type == Type.MOMENT]
    utc = [one for one in columns if one.column.type in OF_TYPES and one.mapped.in_utc]
    patterns = {
        PLAIN_DAY: days,
        PLAIN_MOMENT: [place for place in moments if place not in {one.place for one in utc}],
        NOTHING: [one.place for one in utc if one.place in moments],
    }
    if not any(any_unlike(places=patterns[one], pattern=one) for one in patterns):
        return []
    make_table(table=TABLE, further=FURTHER)
    for pattern, places in patterns.items():
        set_aside(table=TABLE, places=places, except_for=pattern)
    _parse(moments, [one.place for one in utc])
    order = options.date_format or _order()
    _apply(order, sql_params)
    put_back(table=TABLE, places=[*days, *moments])
    return [*_assumed(order, options), *_utc(utc)]


def _parse(moments: list[int], utc: list[int]) -> None:
    """Take each cell apart. Of a day that ends with its year the order stays open."""
    execute(
        "UPDATE {table} SET moment = place = ANY(%(moments)s), utc = place = ANY(%(utc)s);"
        "CREATE INDEX ON {table} (place, line); ANALYZE {table}",
        {"moments": moments, "utc": utc},
        table=TABLE,
    )
    execute(
        "UPDATE {table} dates SET"
        " year = coalesce(k[1], CASE WHEN length(n[1]) = 4 THEN n[1] WHEN length(n[4]) = 4"
        "  THEN n[4] END, d[3], m[3])::int,"
        " first = CASE WHEN length(n[4]) = 4 AND length(n[1]) < 3 THEN n[1]::int END,"
        " second = CASE WHEN length(n[4]) = 4 AND length(n[1]) < 3 THEN n[3]::int END,"
        " month = coalesce(k[2], CASE WHEN length(n[1]) = 4 THEN n[3] END,"
        "  %(months)s::jsonb ->> lower(d[2]), %(months)s::jsonb ->> lower(m[1]))::int,"
        " day = coalesce(k[3], CASE WHEN length(n[1]) = 4 AND length(n[4]) < 3 THEN n[4] END,"
        "  d[1], m[2])::int,"
        " rest = coalesce(n[5], d[4], m[4], ''),"
        " time = regexp_match(coalesce(n[5], d[4], m[4], ''), %(time)s)"
        " FROM (SELECT line, place, regexp_match(cell, %(numeric)s) AS n,"
        "  regexp_match(cell, %(compact)s) AS k, regexp_match(cell, %(day_month)s) AS d,"
        "  regexp_match(cell, %(month_day)s) AS m FROM {table}) parts"
        " WHERE parts.line = dates.line AND parts.place = dates.place",
        {
            "months": json.dumps(_months()),
            "time": TIME,
            "numeric": NUMERIC,
            "compact": COMPACT,
            "day_month": DAY_MONTH,
            "month_day": MONTH_DAY,
        },
        table=TABLE,
    )


@cache
def _months() -> dict[str, int]:
    """The names of the months in our languages, long and short, with their numbers."""
    found: dict[str, int] = {}
    for language in ("en", "pl", "fa", "ar"):
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                names = get_month_names(width, context=context, locale=language)
                found |= {name.lower().rstrip("."): number for number, name in names.items()}
    return found | {"sept": 9}


def _order() -> str:
    """Which of day and month comes first, by what the cells leave open. Raises Ambiguous."""
    dmy, mdy, either, dotted = fetch(
        "SELECT count(*) FILTER (WHERE first > 12 AND second <= 12),"
        " count(*) FILTER (WHERE second > 12 AND first <= 12),"
        f" count(*) FILTER (WHERE {OPEN} AND cell !~ %(dotted)s),"
        f" count(*) FILTER (WHERE {OPEN} AND cell ~ %(dotted)s) FROM {{table}}",
        {"dotted": DOTTED},
        table=TABLE,
    )
    if dmy and mdy:
        raise ImportFileError(_mixed())
    if dmy or mdy:
        return "dmy" if dmy else "mdy"
    if either:
        raise Ambiguous(_undecided(), option="date_format", choices=("dmy", "mdy"))
    return "dmy" if dotted else ""


def _mixed() -> str:
    return _(
        "Days and months are mixed: the day stands first in %(days)s, the month in %(months)s."
        " Write all dates in one way."
    ) % {
        "days": _examples("first > 12 AND second <= 12"),
        "months": _examples("second > 12 AND first <= 12"),
    }


def _undecided() -> str:
    return _("Dates can be read day first or month first: %s.") % _examples(
        f"{OPEN} AND cell !~ '^[0-9]+[.]'"
    )


def _examples(condition: str) -> str:
    """Some cells with their lines, in words."""
    rows = fetch_all(
        f"SELECT line, min(sent) FROM {{table}} WHERE {condition} GROUP BY line ORDER BY line"
        " LIMIT %(most)s",
        {"most": SHOWN},
        table=TABLE,
    )
    return ", ".join(
        _("line %(line)s (“%(value)s”)") % {"line": line, "value": sent} for line, sent in rows
    )


# Days since a day zero of both calendars, by 33-year cycles of eight leap years, which is right
# for the years 1178 to 1633.
JALALI = """
date '0001-01-01' + (365 * (year + 1595) + (year + 1595) / 33 * 8
 + ((year + 1595) % 33 + 3) / 4 + day
 + CASE WHEN month < 7 THEN (month - 1) * 31 ELSE (month - 7) * 30 + 186 END - 356034)
"""
LAST_OF_JALALI = (
    "CASE WHEN month < 7 THEN 31 WHEN month < 12 OR (25 * year + 11) % 33 < 8 THEN 30 ELSE 29 END"
)


def _apply(order: str, sql_params: SqlParameters) -> None:
    """Give each cell its value, by the order of days and months in this file."""
    if order in ("dmy", "mdy", "jalali"):
        day, month = ("second", "first") if order == "mdy" else ("first", "second")
        execute(
            f"UPDATE {{table}} SET day = {day}, month = {month} WHERE first IS NOT NULL",
            table=TABLE,
        )
    else:
        # The same either way, as in 05/05/2025; of anything else there is no order.
        execute("UPDATE {table} SET day = first, month = second WHERE first = second", table=TABLE)
    _from_jalali(order)
    execute(
        "UPDATE {table} SET ok = month BETWEEN 1 AND 12 AND year BETWEEN 1900 AND 2199"
        "  AND (rest = '' OR (time IS NOT NULL AND time[2]::int < 60"
        "   AND coalesce(time[3], '0')::numeric < 60"
        "   AND CASE WHEN time[4] IS NULL THEN time[1]::int < 24"
        "    ELSE time[1]::int BETWEEN 1 AND 12 END));"
        "UPDATE {table} SET ok = day BETWEEN 1 AND extract(day FROM"
        "  make_date(year, month, 1) + interval '1 month - 1 day') WHERE ok;"
        f"UPDATE {{table}} SET value = CASE WHEN rest = '' THEN {DAY}"
        f"  WHEN moment THEN {MOMENT} WHEN {OFFSET} = '' THEN {DAY}"
        f"  ELSE (({MOMENT})::timestamptz AT TIME ZONE %(timezone)s)::date::text END WHERE ok",
        sql_params,
        table=TABLE,
    )


DAY = "to_char(make_date(year, month, day), 'YYYY-MM-DD')"
OFFSET = (
    "CASE WHEN upper(time[5]) IN ('Z', 'UTC', 'GMT') THEN 'Z' WHEN time[5] IS NOT NULL"
    " THEN time[5] WHEN utc THEN 'Z' ELSE '' END"
)
HOUR = (
    "CASE WHEN time[4] IS NULL THEN time[1]::int ELSE time[1]::int %% 12"
    " + CASE WHEN upper(time[4]) = 'P' THEN 12 ELSE 0 END END"
)
MOMENT = (
    f"{DAY} || ' ' || lpad(({HOUR})::text, 2, '0') || ':' || time[2] || ':'"
    f" || coalesce(time[3], '00') || {OFFSET}"
)


def _from_jalali(order: str) -> None:
    """Years before 1900 are of the Persian calendar: without a word only near those of today."""
    last = 1599 if order == "jalali" else 1430
    execute(
        "UPDATE {table} SET year = extract(year FROM new), month = extract(month FROM new),"
        " day = extract(day FROM new) FROM ("
        f" SELECT line AS of_line, place AS of_place, {JALALI.replace('%', '%%')} AS new"
        "  FROM {table} WHERE year BETWEEN 1279 AND %(last)s AND month BETWEEN 1 AND 12"
        f"  AND day BETWEEN 1 AND {LAST_OF_JALALI.replace('%', '%%')}) jalali"
        " WHERE line = of_line AND place = of_place",
        {"last": last},
        table=TABLE,
    )


def _assumed(order: str, options: ImportOptions) -> list[str]:
    result = []
    if order in ("dmy", "mdy") and not options.date_format:
        (example,) = fetch(
            "SELECT sent FROM {table} WHERE first <> second"
            " ORDER BY greatest(first, second) <= 12, line LIMIT 1",
            table=TABLE,
        )
        words = {
            "dmy": _("Dates: day first, as in “%s”."),
            "mdy": _("Dates: month first, as in “%s”."),
        }
        result.append(words[order] % example)
    jalali = fetch(
        "SELECT sent, value FROM {table} WHERE value <> ''"
        " AND cell ~ '(^|[^0-9])1[234][0-9]{{2}}([^0-9]|$)' AND NOT cell ~ '(19|20|21)[0-9]{{2}}'"
        " ORDER BY line LIMIT 1",
        table=TABLE,
    )
    if jalali and options.date_format != "jalali":
        result.append(
            _("Dates of the Persian calendar: “%(sent)s” is %(day)s.")
            % {"sent": jalali[0], "day": jalali[1][:10]}
        )
    return result


def _utc(columns: list[Column]) -> list[str]:
    """Which columns are in UTC by their headers."""
    if not columns:
        return []
    names = ", ".join(f"“{one.mapped.header}”" for one in columns)
    return [_("Times in UTC, by their headers: %s.") % names]
