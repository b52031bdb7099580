"""Undo an import: what it changed is as it was before, what it created is gone.

The history knows both. A row that was changed again since, or that others have come to rest on,
is left as it is and named. Set-based: as many statements for one row as for 100,000.
"""

from collections.abc import Iterator

import pghistory
from django.db import models, transaction
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils import timezone
from pghistory.models import Event as HistoryEvent
from psycopg import sql

from accounts.figures_jobs import request_after_commit
from accounts.history import tracked_models
from accounts.imports.engine import one_at_a_time
from accounts.imports.intake import locked
from accounts.imports.kinds import KINDS
from accounts.imports.staging import Progress, execute, fetch, fetch_all, no_progress
from accounts.models import Import
from tenants.models import Tenant
from tenants.planner_statistics import analyze_after_commit
from tenants.typing import Json, Options

NAMED = 200  # rows that were left, by name; of more only the number is told
UNDONE = sql.Identifier("undo_rows")
Model = type[models.Model]


def undo(*, entry: Import, tenant: Tenant, on_progress: Progress = no_progress) -> Json:
    """Undo an import, in one transaction. Returns how many rows were restored, removed, left.

    One that is not in, or has been undone, is left as it is.
    """
    result = {"source": "undo", "import": entry.pk, "file": entry.name}
    counts = {"restored": 0, "removed": 0, "left": 0}
    named: list[Json] = []
    with pghistory.context(kind=entry.kind, **result), transaction.atomic():
        if locked(entry).state != Import.State.DONE:
            return counts
        one_at_a_time(tenant, entry.of_kind)
        ordered = _models()
        for number, model in enumerate(ordered, start=1):
            on_progress("undoing", done=number, total=len(ordered))
            for name, count in _undo_model(model, entry, named).items():
                counts[name] += count
        execute("DROP TABLE IF EXISTS pg_temp.{undone}", undone=UNDONE)
        Import.objects.filter(pk=entry.pk).update(
            state=Import.State.UNDONE,
            undone_at=timezone.now(),
            undoing=counts,
            left=named[:NAMED],
        )
        request_after_commit(tenant=tenant)
        analyze_after_commit(schema_name=tenant.schema_name)
    return counts


def _models() -> list[Model]:
    """Every model with facts, those that point to others before what they point to."""
    facts = [*tracked_models(), *_happened()]
    ordered: list[Model] = []
    while len(ordered) < len(facts):
        left = [model for model in facts if model not in ordered]
        ordered += [one for one in left if not any(_points(other, one) for other in left)]
    return ordered


def _points(model: Model, other: Model) -> bool:
    keys = (one for one in model._meta.concrete_fields if one.is_relation)
    return model is not other and any(one.related_model is other for one in keys)


def _happened() -> list[Model]:
    return [kind.model for kind in KINDS.values() if kind.append_only]


def _undo_model(model: Model, entry: Import, named: list[Json]) -> dict[str, int]:
    event = tracked_models().get(model)
    if event is None:
        return {"removed": _remove_happened(model, entry)}
    touched = _collect(model, event, entry)
    if not touched:
        return {}
    _leave_what_lost_its_reference(model, event)
    _leave_what_others_rest_on(model)
    for pk, key, reason in fetch_all(
        "SELECT undone.id, {shown}::text, reason FROM {undone} undone JOIN {table} there USING (id)"
        " WHERE reason <> '' ORDER BY undone.id LIMIT %(most)s",
        {"most": NAMED},
        undone=UNDONE,
        table=_table(model),
        shown=_name_of(model),
    ):
        label, kind = model._meta.label_lower, _kind_of(model)
        named.append({"model": label, "kind": kind, "id": pk, "row": key, "reason": reason})
    (left,) = fetch("SELECT count(*) FROM {undone} WHERE reason <> ''", undone=UNDONE)
    return {"restored": _restore(model, event), "removed": _remove(model), "left": left}


def _remove_happened(model: Model, entry: Import) -> int:
    return execute(
        "DELETE FROM {table} WHERE imported_by = %(import)s",
        {"import": entry.pk},
        table=_table(model),
    )


def _collect(model: Model, event: Model, entry: Import) -> int:
    """Which rows the import touched: created or changed, and whether they were changed since.

    `before` is the last image from before the import: images are numbered as they are written.
    """
    execute(
        "DROP TABLE IF EXISTS pg_temp.{undone};"
        "CREATE TEMP TABLE {undone} ON COMMIT DROP AS WITH mine AS ("
        " SELECT e.pgh_obj_id AS id, min(e.pgh_id) AS first, max(e.pgh_id) AS last,"
        " bool_or(e.pgh_label = 'insert') AS created"
        " FROM {events} e JOIN pghistory_context c ON c.id = e.pgh_context_id"
        " WHERE c.metadata ->> 'import' = %(import)s AND c.metadata ->> 'source' <> 'undo'"
        " GROUP BY e.pgh_obj_id"
        ") SELECT mine.id, mine.created,"
        " (SELECT max(e.pgh_id) FROM {events} e"
        "   WHERE e.pgh_obj_id = mine.id AND e.pgh_id < mine.first) AS before,"
        " CASE WHEN EXISTS (SELECT FROM {events} e"
        "   WHERE e.pgh_obj_id = mine.id AND e.pgh_id > mine.last) THEN 'edited' ELSE '' END"
        " AS reason FROM mine;"
        # What is gone altogether cannot be restored: somebody removed it since.
        "DELETE FROM {undone} undone WHERE NOT EXISTS"
        " (SELECT FROM {table} there WHERE there.id = undone.id);"
        "CREATE UNIQUE INDEX ON {undone} (id); ANALYZE {undone}",
        {"import": str(entry.pk)},
        undone=UNDONE,
        events=_table(event),
        table=_table(model),
    )
    (count,) = fetch("SELECT count(*) FROM {undone}", undone=UNDONE)
    return int(count)


def _leave_what_others_rest_on(model: Model) -> None:
    """Leave a row that the import created where facts of others have come to point to it.

    A reference that may be empty counts too: emptied, it would be lost to the fact that has it.
    """
    facts = {*tracked_models(), *_happened()}
    # Its own rows last: which of them stay is known only then.
    related = sorted(model._meta.related_objects, key=lambda one: one.related_model is model)
    for relation in related:
        if relation.related_model in facts:
            own = relation.related_model is model
            execute(
                PARENTS_THAT_STAY if own else POINTED_TO,
                undone=UNDONE,
                other=_table(relation.related_model),
                key=_key(relation),
            )


POINTED_TO = """
UPDATE {undone} undone SET reason = 'used' WHERE created AND reason = ''
AND EXISTS (SELECT FROM {other} other WHERE other.{key} = undone.id)
"""
# Among rows of one table: what goes or is restored itself holds nothing back; whatever a row
# that stays points to stays with it.
PARENTS_THAT_STAY = """
WITH RECURSIVE stays AS (
    SELECT other.{key} AS id FROM {other} other LEFT JOIN {undone} undone USING (id)
    WHERE other.{key} IS NOT NULL AND coalesce(undone.reason, 'another') <> ''
    UNION
    SELECT other.{key} FROM {other} other JOIN stays USING (id) WHERE other.{key} IS NOT NULL
)
UPDATE {undone} undone SET reason = 'used' WHERE created AND reason = ''
AND id IN (SELECT id FROM stays)
"""


def _leave_what_lost_its_reference(model: Model, event: Model) -> None:
    """Leave a changed row that pointed, before, to a row that somebody has removed since."""
    for key in model._meta.concrete_fields:
        if key.is_relation and key.related_model is not None:
            execute(
                "UPDATE {undone} undone SET reason = 'lost' FROM {events} image"
                " WHERE image.pgh_id = undone.before AND NOT created AND reason = ''"
                " AND image.{key} IS NOT NULL"
                " AND NOT EXISTS (SELECT FROM {other} other WHERE other.id = image.{key})",
                undone=UNDONE,
                events=_table(event),
                other=_table(key.related_model),
                key=sql.Identifier(str(key.column)),
            )


def _restore(model: Model, event: Model) -> int:
    names = [str(one.column) for one in model._meta.concrete_fields if not one.primary_key]
    return execute(
        "UPDATE {table} there SET ({names}) = ROW({values}) FROM {undone} undone"
        " JOIN {events} image ON image.pgh_id = undone.before"
        " WHERE there.id = undone.id AND NOT undone.created AND undone.reason = ''",
        table=_table(model),
        undone=UNDONE,
        events=_table(event),
        names=sql.SQL(", ").join(map(sql.Identifier, names)),
        values=sql.SQL(", ").join(sql.SQL("image.{}").format(sql.Identifier(n)) for n in names),
    )


def _remove(model: Model) -> int:
    """Remove what was created, with what nights have derived of it."""
    doomed = "(SELECT id FROM {undone} WHERE created AND reason = '')"
    for relation in _relations(model):
        other = relation.related_model
        parts: Options = {
            "other": _table(other),
            "key": _key(relation),
            "undone": UNDONE,
        }
        if relation.on_delete is models.CASCADE:
            execute(f"DELETE FROM {{other}} WHERE {{key}} IN {doomed}", **parts)
        else:
            execute(f"UPDATE {{other}} SET {{key}} = NULL WHERE {{key}} IN {doomed}", **parts)
    return execute(
        f"DELETE FROM {{table}} WHERE id IN {doomed}", table=_table(model), undone=UNDONE
    )


def _relations(model: Model) -> Iterator[ForeignObjectRel]:
    """What points to a model by a key that the database keeps, history aside."""
    for relation in model._meta.related_objects:
        other = relation.related_model
        if not issubclass(other, HistoryEvent) and other._meta.managed:
            yield relation


def _key(relation: ForeignObjectRel) -> sql.Identifier:
    return sql.Identifier(str(relation.field.column))


def _table(model: Model) -> sql.Identifier:
    return sql.Identifier(model._meta.db_table)


def _kind_of(model: Model) -> str:
    """The kind of fact that a model holds; a survey, that comes along with answers, is of none."""
    return next((kind.name for kind in KINDS.values() if kind.model is model), "")


def _name_of(model: Model) -> sql.Composable:
    """What people call a row of a model: its external id, or its key."""
    for kind in KINDS.values():
        if kind.model is model and kind.has_external_id:
            return sql.SQL("there.external_id")
    return sql.SQL("there.id")
