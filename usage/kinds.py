"""The facts of this floor: what people did."""

from django.utils.translation import gettext_lazy as _

from accounts.imports.kinds import register
from accounts.imports.records import Column, Kind, Type
from accounts.kinds.columns import account
from usage.models import Event

EVENTS = Kind(
    name="events",
    label=_("Events"),
    model=Event,
    key=("message_id",),
    columns=(
        Column(name="message_id", required=True, longest=200, also=("id", "event id")),
        Column(
            name="occurred_at",
            holds=Type.MOMENT,
            required=True,
            also=("time", "timestamp", "date", "at"),
        ),
        Column(name="user_id", required=True, longest=200, also=("user", "person", "actor")),
        account(required=True),
        Column(name="event", required=True, longest=200, also=("event name", "action", "name")),
        Column(name="feature", longest=200, also=("page", "area", "module")),
        Column(name="session_id", longest=200, also=("session",)),
        Column(name="properties", holds=Type.JSON),
    ),
    happened=True,
)

register(EVENTS)
