"""History of what can change: who changed which row when, kept by triggers in the database.

It is the audit trail, the source of "as known on that day", and what undo restores from. Triggers
see bulk SQL too, a statement's rows at a time.
"""

from typing import TypeVar

import pghistory
from django.db.models import Model

M = TypeVar("M", bound=type[Model])


def with_history(model: M) -> M:
    """Class decorator: every insert, update and delete leaves the row's image."""
    events = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    tracked: M = pghistory.track(*events)(model)
    return tracked
