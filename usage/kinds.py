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
        Column(name="message_id", required=True, max_length=200, aliases=("id", "event id")),
        Column(
            name="occurred_at",
            type=Type.MOMENT,
            required=True,
            aliases=("time", "timestamp", "date", "at"),
        ),
        Column(name="user_id", required=True, max_length=200, aliases=("user", "person", "actor")),
        account(required=True),
        Column(
            name="event", required=True, max_length=200, aliases=("event name", "action", "name")
        ),
        Column(name="feature", max_length=200, aliases=("page", "area", "module")),
        Column(name="session_id", max_length=200, aliases=("session",)),
        Column(name="properties", type=Type.JSON),
    ),
    append_only=True,
)

register(EVENTS)
