"""What a kind of fact is: columns, their types, and what must hold between them.

One declaration serves files, REST and the pages.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, cast

from django.db.models import Manager, Model
from django.utils.functional import Promise

from tenants.typing import AnyField

INTERNAL_ID_PREFIX = (
    "id:"  # begins the inner id of a row in an address; no external id may begin with it
)


ModelClass = type[Model]


class Type(StrEnum):
    TEXT = "text"
    EMAIL = "email"
    DATE = "date"
    MONTH = "month"  # any day of it; kept as its first
    MOMENT = "moment"  # without an offset: in the tenant's time zone
    AMOUNT = "amount"  # not negative
    NUMBER = "number"
    RATE = "rate"
    COUNT = "count"
    TRUTH = "truth"
    CURRENCY = "currency"
    COUNTRY = "country"  # an ISO 3166-1 alpha-2 code, or a text that is not known as a country
    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a file and the model field that it fills.

    `references`: the cell names a row of that model by its `by` (`field` is a foreign key).
    `max_length` counts characters of a text, `min_value` and `max_value` bound a whole number; an
    amount, a number or a rate is bounded by what the field of the model holds. `when_empty` is
    what an empty cell means, and a missing one of a new row, in SQL. `aliases` are other names
    under which people know the column; it is mapped to them by itself. `choices` are all values
    that may be, `words` such that others may stand beside; both in any letter case.
    """

    name: str
    field: str = ""
    type: Type = Type.TEXT
    required: bool = False
    max_length: int = 300
    min_value: int = 0
    max_value: int = 2147483647
    choices: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    references: "ModelClass | None" = None
    by: str = "external_id"
    when_empty: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """The field of the model."""
        return self.field or self.name

    @property
    def is_key(self) -> bool:
        """Whether it names something, or an address: no character of it may be invisible."""
        named = self.name.endswith("_id") or self.name in ("key", "domain")
        return named or self.references is not None or self.type == Type.EMAIL

    @property
    def typed_name(self) -> str:
        """What the value is called among the typed rows; of a reference, the key it stands for."""
        return f"{self.name}_key" if self.references and self.target == self.name else self.target


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What must not be, as SQL over the model's names in braces; said of one column.

    The name of a column that points elsewhere stands for what its cell says. `detail` is SQL too.
    """

    column: str
    code: str
    violated_when: str
    detail: str = "''"


FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
DECIMALS = (Type.AMOUNT, Type.NUMBER, Type.RATE)
# Most digits before the point of an amount, a number and a rate, whatever the field would hold.
MOST_DIGITS = {Type.AMOUNT: 14, Type.NUMBER: 14, Type.RATE: 9}


@dataclass(frozen=True, kw_only=True, eq=False)
class Kind:
    """A kind of fact. Rows are matched on the columns of `key`.

    `before` and `after`: statements around the writing, for rows of other tables that come along.
    `append_only`: rows are never changed, and have no history; the model keeps by which import each
    came.
    """

    name: str
    label: "str | Promise"
    model: type[Model]
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ("external_id",)
    rules: tuple[Rule, ...] = ()
    attributes: str = ""
    before: str = ""
    after: str = ""
    append_only: bool = False

    def label_of(self, column: Column) -> "str | Promise":
        """What people call a column: as the model calls its field."""
        return self.field(column.target).verbose_name

    def field(self, name: str) -> AnyField:
        """The field of the model that holds a column, or all free attributes."""
        return cast(AnyField, self.model._meta.get_field(name))

    def limit_of(self, column: Column) -> Decimal:
        """What an amount, a number or a rate must stay below: it would not fit."""
        model_field: Any = self.model._meta.get_field(column.target)
        digits: int = model_field.max_digits - model_field.decimal_places
        return Decimal(10 ** min(digits, MOST_DIGITS[column.type]))

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def home(self) -> list[Column]:
        """The columns that point to rows of this very kind."""
        return [column for column in self.columns if column.references is self.model]

    @property
    def has_external_id(self) -> bool:
        return len(self.key) == 1

    def objects(self) -> Manager[Model]:
        return self.model._default_manager
