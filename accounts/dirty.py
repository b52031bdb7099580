"""Marks of what has changed: triggers that write (account, day, facts) into `DirtyDay`.

Whoever changes a fact changes figures from some day on. The mark is made by the database, in the
same transaction, so that no way of writing (an import, SQL by hand) can forget it.
"""

import pgtrigger

MARK = """
INSERT INTO accounts_dirtyday (account_id, day, facts)
SELECT account_id, min(day), '{facts}' FROM ({rows}) changed
WHERE account_id IS NOT NULL GROUP BY account_id{each_day};
RETURN NULL;
"""


def marks(
    *, facts: str, inserted: str, deleted: str, updated: str, each_day: bool = False
) -> list[pgtrigger.Trigger]:
    """Three triggers, each with the query for the (account_id, day) that a statement touches.

    The queries read `new_rows` and `old_rows`. Of one account the earliest day is marked, or,
    where a figure of one day says nothing of the next, each day by itself.
    """
    new, old = {"new": "new_rows"}, {"old": "old_rows"}
    return [
        _trigger("insert", pgtrigger.Insert, facts, inserted, each_day, new),
        _trigger("delete", pgtrigger.Delete, facts, deleted, each_day, old),
        _trigger("update", pgtrigger.Update, facts, updated, each_day, {**old, **new}),
    ]


def _trigger(
    name: str,
    operation: pgtrigger.Operation,
    facts: str,
    rows: str,
    each_day: bool,
    tables: dict[str, str],
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=f"dirty_{name}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**tables),  # type: ignore[no-untyped-call]
        func=MARK.format(facts=facts, rows=rows, each_day=", day" if each_day else ""),
    )
