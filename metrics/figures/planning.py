"""How PostgreSQL is to plan what reads whole tables: a night, and the rows behind a number."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

# Without JIT, because the cost that PostgreSQL puts on a loop which it cannot avoid would make it
# compile even small statements. With room for the hashes of a large book: without it, what is
# looked up for each row would be read each time.
PLAN = """
SELECT set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true),
       set_config('work_mem', '64MB', true)
"""


@contextmanager
def planned_for_whole_tables() -> Iterator[None]:
    """A transaction in which the planner keeps from nested loops."""
    with transaction.atomic():
        plan_for_whole_tables()
        yield


def plan_for_whole_tables() -> None:
    """Keep the planner from nested loops, from here to the end of the transaction.

    It knows nothing of the rows that a night has just written, and little of what a view makes of
    rows: it expects one of them, and a loop over what turns out to be many costs their square. What
    reads whole tables is joined by hashes anyway.
    """
    with connection.cursor() as cursor:
        cursor.execute(PLAN)
