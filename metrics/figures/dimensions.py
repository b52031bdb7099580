"""The dimensions of figures, each declared once: what a metric can be broken down by."""

from dataclasses import dataclass
from enum import Enum, auto

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise


class Grain(Enum):
    """What a dimension is a property of."""

    ACCOUNT = auto()  # a column of the account, as of the end of the day asked for
    PLAN = auto()  # the plans that an account pays on that day
    ROW = auto()  # the rows of a measure themselves: see `records.RowDimension`


@dataclass(frozen=True)
class Dimension:
    """What rows are grouped by.

    `nightly`: every night stores its segments. `overlaps`: a row may be in several of them, so
    that they do not add up to the whole.
    """

    name: str
    label: StrPromise
    grain: Grain
    nightly: bool = False
    overlaps: bool = False


DIMENSIONS = {
    dimension.name: dimension
    for dimension in (
        Dimension("segment", _("segment"), Grain.ACCOUNT, nightly=True),
        Dimension("industry", _("industry"), Grain.ACCOUNT, nightly=True),
        Dimension("country", _("country"), Grain.ACCOUNT, nightly=True),
        Dimension("owner_email", _("owner"), Grain.ACCOUNT, nightly=True),
        Dimension("region", _("region"), Grain.ACCOUNT),
        Dimension("stage", _("stage"), Grain.ACCOUNT),
        Dimension("plan", _("plan"), Grain.PLAN, overlaps=True),
        Dimension("feature", _("feature"), Grain.ROW, overlaps=True),
        Dimension("touchpoint", _("touchpoint"), Grain.ROW),
        Dimension("channel", _("channel"), Grain.ROW),
        Dimension("goal", _("goal"), Grain.ROW),
        Dimension("source", _("source"), Grain.ROW),
        Dimension("team", _("team"), Grain.ROW),
        Dimension("priority", _("priority"), Grain.ROW),
        Dimension("step", _("step"), Grain.ROW),
        Dimension("language", _("language"), Grain.ROW),
        Dimension("theme", _("theme"), Grain.ROW, overlaps=True),
    )
}
NIGHTLY_DIMENSIONS = tuple(name for name, one in DIMENSIONS.items() if one.nightly)
