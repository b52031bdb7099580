"""Small drawings inside a page, without a script."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from django import template

register = template.Library()
WIDTH, HEIGHT, EDGE = 88, 24, 3
Number = Decimal | float | int | None


class Stroke(NamedTuple):
    """A line through points that follow each other without a gap."""

    points: str


@register.inclusion_tag("metrics/sparkline.html")
def sparkline(values: Sequence[Number] | None, label: str, top: float = 100) -> dict[str, object]:
    """Values over time as a line from 0 to `top`; it is broken where nothing is known."""
    values = values or ()
    known = [value for value in values if value is not None]
    return {
        "strokes": [Stroke(points) for points in _strokes(values, top=top)],
        "dot": _dot(values, top=top),
        "any": len(known) > 1,
        "label": label,
        "width": WIDTH,
        "height": HEIGHT,
    }


def _strokes(values: Sequence[Number], *, top: float) -> Iterable[str]:
    run: list[str] = []
    for number, value in enumerate([*values, None]):
        if value is not None:
            run.append(_point(number, value, of=len(values), top=top))
            continue
        if len(run) > 1:
            yield " ".join(run)
        run = []


def _dot(values: Sequence[Number], *, top: float) -> list[str] | None:
    """Where the line ends today, if it does."""
    if not values or values[-1] is None:
        return None
    return _point(len(values) - 1, values[-1], of=len(values), top=top).split(",")


def _point(number: int, value: Decimal | float | int, *, of: int, top: float) -> str:
    across = EDGE + (WIDTH - 2 * EDGE) * number / max(of - 1, 1)
    share = min(max(float(value) / top, 0), 1) if top else 0
    return f"{across:.1f},{HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * share:.1f}"
