"""The audit trail: who changed which row, when, and from what to what.

Read from the history that triggers keep, so it also knows what an import or SQL by hand has done.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, models
from psycopg import sql

from accounts.history import tracked_models
from tenants.calendar import STARTS_AT
from tenants.typing import Json, SqlRow

PER_PAGE = 50
Model = type[models.Model]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which changes are wanted: of what kind of row, of one row, by whom, in which days."""

    model: Model
    row: str = ""
    who: str = ""
    first: date | None = None
    last: date | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    timezone: str = "UTC"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One row at one moment, with each value that became another one."""

    number: int
    at: datetime
    deed: str
    row: int
    name: str
    source: str
    who: str
    about: str
    values: list[tuple[str, object, object]]


def tracked() -> dict[str, Model]:
    """The kinds of rows whose history is kept, by the name that stands in addresses."""
    return {str(model._meta.model_name): model for model in tracked_models()}


def changes(*, query: Asked) -> list[Change]:
    """A page of changes, the newest first; one more than a page when there are older ones."""
    if "\0" in query.row + query.who:
        return []  # No text that PostgreSQL keeps holds one, and no query can.
    names = [str(one.column) for one in query.model._meta.concrete_fields]
    statement = sql.SQL(
        "SELECT e.pgh_id, e.pgh_created_at, e.pgh_label, e.pgh_obj_id, to_jsonb(e) AS image,"
        " (SELECT to_jsonb(p) FROM {events} p"
        "   WHERE p.pgh_obj_id = e.pgh_obj_id AND p.pgh_id < e.pgh_id"
        "   ORDER BY p.pgh_id DESC LIMIT 1) AS before, c.metadata"
        " FROM {events} e LEFT JOIN pghistory_context c ON c.id = e.pgh_context_id"
        " WHERE (%(before)s::bigint IS NULL OR e.pgh_id < %(before)s)"
        " AND (%(first)s::date IS NULL OR"
        f"   e.pgh_created_at >= {_starts_at('%(first)s::date')})"
        " AND (%(last)s::date IS NULL OR"
        f"   e.pgh_created_at < {_starts_at('(%(last)s::date + 1)')})"
        " AND (%(since)s::timestamptz IS NULL OR e.pgh_created_at >= %(since)s)"
        " AND (%(until)s::timestamptz IS NULL OR e.pgh_created_at < %(until)s)"
        " AND (%(who)s = '' OR strpos(lower(c.metadata ->> 'user'), lower(%(who)s)) > 0)"
        " AND (%(row)s = '' OR to_jsonb(e) ->> 'external_id' = %(row)s"
        "   OR lower(to_jsonb(e) ->> 'name') = lower(%(row)s) OR e.pgh_obj_id::text = %(row)s)"
        " ORDER BY e.pgh_id DESC LIMIT %(most)s"
    ).format(events=sql.Identifier(tracked_models()[query.model]._meta.db_table))
    names_asked = ("row", "who", "first", "last", "since", "until", "before")
    wanted = {name: getattr(query, name) for name in names_asked}
    with connection.cursor() as cursor:
        cursor.execute(
            statement.as_string(cursor.connection),
            wanted | {"timezone": query.timezone, "most": PER_PAGE + 1},
        )
        return [_change(names, row) for row in cursor.fetchall()]


def _starts_at(day: str) -> str:
    return STARTS_AT.format(zone_and_day=f"%(timezone)s, {day}")


def _change(names: list[str], row: SqlRow) -> Change:
    number, at, deed, pk, image, before, context = row
    image, before, context = (_loaded(one) for one in (image, before, context))
    old = {} if deed == "insert" else before
    new = {} if deed == "delete" else image
    values = [(name, old.get(name), new.get(name)) for name in names if name != "id"]
    return Change(
        number=number,
        at=at,
        deed=deed,
        row=pk,
        name=str(image.get("external_id") or image.get("name") or pk),
        source=str(context.get("source", "")),
        who=str(context.get("user", "")),
        about=str(context.get("file", "")),
        values=[one for one in values if one[1] != one[2]],
    )


def _loaded(value: str | Json | None) -> Json:
    return (json.loads(value) if isinstance(value, str) else value) or {}


MOST_FACTS = 20


@dataclass(frozen=True, kw_only=True)
class ChangedFacts:
    """What was written between two moments: of each kind how many rows, and a few of them."""

    counts: list[tuple[str, int]]
    rows: list[tuple[str, Change]]


def changed_facts(*, since: datetime, until: datetime) -> ChangedFacts:
    """The facts of every kind that were added, changed or removed in [since, until)."""
    counts, rows = [], []
    for model, events in _facts().items():
        between = {"pgh_created_at__gte": since, "pgh_created_at__lt": until}
        number = events._default_manager.filter(**between).count()
        if number:
            label = str(model._meta.verbose_name)
            counts.append((label, number))
            found = changes(query=Asked(model=model, since=since, until=until))
            rows += [(label, one) for one in found]
    rows.sort(key=lambda one: one[1].at, reverse=True)
    return ChangedFacts(counts=counts, rows=rows[:MOST_FACTS])


def _facts() -> dict[Model, Model]:
    """The models with history whose rows mark days as dirty: those that figures rest on."""
    return {
        model: events
        for model, events in tracked_models().items()
        if any(
            trigger.name.startswith("dirty_") for trigger in getattr(model._meta, "triggers", ())
        )
    }
