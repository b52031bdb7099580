"""History of what can change: who changed which row when, kept by triggers in the database.

It is the audit trail, the source of "as known on that day", and what undo restores from. Triggers
see bulk SQL too, a statement's rows at a time.
"""

from typing import TypeVar, cast

import pghistory.models
from django.apps import apps
from django.db.models import BigAutoField, Model

M = TypeVar("M", bound=type[Model])


class Event(pghistory.models.Event):
    """An image of a row; there may be more of them than an integer can count."""

    pgh_id = BigAutoField(primary_key=True)

    class Meta:
        abstract = True


def with_history(model: M) -> M:
    """Class decorator: every insert, update and delete leaves the row's image."""
    events = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    tracked: M = pghistory.track(*events, base_model=Event)(model)
    return tracked


def tracked_models() -> dict[type[Model], type[Model]]:
    """The models with history, each with the model of its history."""
    events = [one for one in apps.get_models() if issubclass(one, pghistory.models.Event)]
    known = {one.pgh_tracked_model: one for one in events if one.pgh_tracked_model}
    return cast("dict[type[Model], type[Model]]", known)
