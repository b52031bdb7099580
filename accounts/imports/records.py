"""What a kind of file is: columns, their types, and what must hold between them."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.db.models import Model


class Type(StrEnum):
    TEXT = "text"
    EMAIL = "email"
    DATE = "date"
    AMOUNT = "amount"
    COUNT = "count"
    TRUTH = "truth"
    CURRENCY = "currency"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a file and the model field that it fills.

    `points_to`: the cell is the external id of a row of that model (`field` is a foreign key).
    `longest` counts characters of a text, `most` is the largest whole number. `when_empty` is what
    an empty or missing cell of a new row means, in SQL.
    """

    name: str
    field: str = ""
    holds: Type = Type.TEXT
    required: bool = False
    longest: int = 300
    most: int = 2147483647
    choices: tuple[str, ...] = ()
    points_to: "type[Model] | None" = None
    when_empty: str = ""

    @property
    def target(self) -> str:
        return self.field or self.name


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What must not be, as SQL over the model's names in braces; said of one column.

    The name of a column that points elsewhere stands for the external id in the cell.
    """

    column: str
    code: str
    broken: str


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of file. The first column is the external id that rows are matched on."""

    name: str
    model: type[Model]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    attributes: str = ""

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}
