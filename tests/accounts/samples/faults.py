"""A sample of a kind of file, and what can be wrong with cells of several kinds."""

from dataclasses import dataclass

TIMES = [
    ({"{at}": "yesterday"}, "moment"),
    ({"{at}": "2024-02-30T10:00:00Z"}, "moment"),
    ({"{at}": "2024-05-01T25:00:00Z"}, "moment"),
    ({"{at}": "2024-05-01T10:00:00+15:00"}, "moment"),
    ({"{at}": ""}, "required"),
]
DATES = [
    ({"{at}": "soon"}, "date"),
    ({"{at}": "2024-02-30"}, "date"),
    ({"{at}": "31.02.2024"}, "date"),
    ({"{at}": "2024-13-01"}, "date"),
    ({"{at}": ""}, "required"),
]
AMOUNTS = [("-1", "negative"), ("1,5,5", "comma"), ("NaN", "amount"), ("1e3", "amount")]


@dataclass
class Sample:
    """A good row of a kind (with {n}, its number), and what can be wrong with one."""

    good: dict[str, str]
    faults: list[tuple[str, str, str]]


def dates(column: str) -> list[tuple[str, str, str]]:
    return [(column, change["{at}"], code) for change, code in DATES]


def moments(column: str) -> list[tuple[str, str, str]]:
    return [(column, change["{at}"], code) for change, code in TIMES]


def amounts(column: str) -> list[tuple[str, str, str]]:
    return [(column, cell, code) for cell, code in AMOUNTS]


def unknown(column: str) -> list[tuple[str, str, str]]:
    return [(column, "nobody", "unknown"), (column, "", "required")]
