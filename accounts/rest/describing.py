"""The shapes of a kind's JSON, as JSON Schema: for the description, and to tell 400 from 422.

All of them are made of the kind's declaration, so that a bound that is declared is described.
"""

from decimal import Decimal
from functools import lru_cache
from typing import cast

from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from accounts.imports.records import Column, Kind, Type
from tenants.typing import AnyField, Json, ReadOnlyJson

Schema = Json
OUTCOMES = ("created", "updated", "unchanged", "rejected")
LARGEST = 2**63 - 1
TEXT = r"^[^\x00]*$"
# White space as Python means it; what \s means depends on who reads the description.
SPACES = r"\x09-\x0d\x1c-\x20\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
SAYS_SOMETHING = rf"^[^\x00]*[^{SPACES}\x00][^\x00]*$"
DAY = r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
TIME = (
    r"([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?"
    r"( ?(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9]))?)?"
)
ADDRESS = rf"[^@{SPACES},;\x00]+@[^@{SPACES},;\x00]+\.[^@{SPACES},;\x00]+"
NUMBERS = {
    Type.AMOUNT: r"^[0-9]{1,14}(\.[0-9]{1,4}0*)?$",
    Type.NUMBER: r"^-?[0-9]{1,14}(\.[0-9]{1,6}0*)?$",
    Type.RATE: r"^[0-9]{1,9}(\.[0-9]{1,10}0*)?$",
}
# In an object that fits its schema these can still be wrong, beside the rules of its kind.
ALWAYS_POSSIBLE = (
    *("unknown", "repeated", "circle", "inner_id", "read_only", "required", "email"),
    *("date", "month", "moment", "amount", "number", "rate", "count", "currency"),
)
NOTHING: Schema = {"type": ["string", "null"], "maxLength": 0}
WHOLE: Schema = {"type": "integer", "minimum": -LARGEST, "maximum": LARGEST}
SIMPLE: list[Schema] = [
    {"type": "string", "pattern": TEXT},
    {"type": "number", "minimum": -LARGEST, "maximum": LARGEST},
    {"type": ["boolean", "null"]},
]


def reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


JSON_OBJECT: Schema = {
    "type": "object",
    "propertyNames": {"pattern": TEXT},
    "additionalProperties": reference("JsonValue"),
}
# What the reader of JSON takes, whatever it is for.
JSON: dict[str, Schema] = {
    "JsonObject": JSON_OBJECT,
    "JsonValue": {
        "anyOf": [
            *SIMPLE,
            {"type": "array", "items": reference("JsonValue")},
            reference("JsonObject"),
        ]
    },
}


def titled(kind: Kind) -> str:
    return "".join(part.title() for part in kind.name.split("_"))


def schemas_of(kind: Kind) -> dict[str, Schema]:
    """The schemas of a kind, by the names that the description has them under."""
    title = titled(kind)
    return {
        title: _shown_object(kind),
        f"{title}New": new_object(kind),
        f"{title}Change": changed_object(kind),
        f"{title}Page": page_of(reference(title)),
        f"{title}Bulk": _many(title),
        f"{title}BulkAnswer": _answer_to_many(kind),
    }


def page_of(item: Schema, *, counted: bool = True) -> Schema:
    """A page of a list; `counted`: it can say how many there are in all."""
    properties = {
        "data": {"type": "array", "items": item},
        "next_cursor": {"type": ["string", "null"]},
        "has_more": {"type": "boolean"},
    }
    count = {"count": {"type": "integer", "minimum": 0}} if counted else {}
    return _object(properties | count, required=list(properties))


def _object(properties: Schema, *, required: list[str]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


@lru_cache
def new_object(kind: Kind) -> Schema:
    """What is sent to create a row."""
    required = [column.name for column in kind.columns if column.required]
    return _object(_sent_properties(kind), required=required)


@lru_cache
def changed_object(kind: Kind) -> Schema:
    """What is sent to change a row: any of its columns."""
    return _object(_sent_properties(kind), required=[])


def fits(body: ReadOnlyJson, schema: Schema) -> bool:
    """Whether a body is as the description says."""
    return bool(Validator({**schema, "components": {"schemas": JSON}}).is_valid(body))


def _is_integer(checker: object, value: object) -> bool:
    """Whether a number is whole, however it was written: bodies hold decimals, not floats."""
    if isinstance(value, Decimal):
        return value == value.to_integral_value()
    return isinstance(value, int) and not isinstance(value, bool)


Validator = extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
)


def codes_of(kinds: dict[str, Kind]) -> list[str]:
    """The codes that a 422 may come with."""
    rules = {rule.code for kind in kinds.values() for rule in kind.rules}
    return sorted({*rules, *ALWAYS_POSSIBLE})


def _sent_properties(kind: Kind) -> Schema:
    free = {"attributes": _attributes(("object", "null"))} if kind.attributes else {}
    return {"id": WHOLE, **{column.name: _sent(kind, column) for column in kind.columns}, **free}


def _attributes(types: tuple[str, ...]) -> Schema:
    return {
        "type": list(types),
        "propertyNames": {"pattern": TEXT},
        "additionalProperties": {"anyOf": SIMPLE},
    }


def _sent(kind: Kind, column: Column) -> Schema:
    """What may be sent for a column: text that is empty, or null, takes a value away."""
    value = _value(kind, column)
    if column.required:
        return value[0] if len(value) == 1 else {"anyOf": value}
    if column.type in (Type.TRUTH, Type.JSON):
        return value[0] | {"type": [value[0]["type"], "null"]}
    return {"anyOf": [*value, NOTHING]}


def _value(kind: Kind, column: Column) -> list[Schema]:
    """The forms that a value may have; texts are stripped before they are looked at."""
    text: Schema = {"type": "string"}
    if column.choices:
        return [text | {"enum": list(column.choices)}]
    if column.type in NUMBERS:
        return [_number(kind, column), text | {"pattern": NUMBERS[column.type]}]
    if column.type == Type.COUNT:
        bounds = {"minimum": column.min_value, "maximum": column.max_value}
        return [{"type": "integer"} | bounds, text | {"pattern": "^[0-9]{1,10}$"}]
    max_length = {"maxLength": column.max_length}
    return [
        {
            **dict.fromkeys((Type.TEXT, Type.COUNTRY), _says_something(column)),
            Type.EMAIL: text | max_length | {"pattern": f"^{ADDRESS}$"},
            Type.DATE: text | {"format": "date", "pattern": f"^{DAY}$"},
            Type.MONTH: text | {"format": "date", "pattern": f"^{DAY}$"},
            Type.MOMENT: text | {"pattern": f"^{DAY}{TIME}$"},
            Type.CURRENCY: text | {"pattern": "^[A-Za-z]{3}$"},
            Type.TRUTH: {"type": "boolean"},
            Type.JSON: JSON_OBJECT,
        }[column.type]
    ]


def _says_something(column: Column) -> Schema:
    text: Schema = {"type": "string", "maxLength": column.max_length}
    return text | {"minLength": 1, "pattern": SAYS_SOMETHING}


def _number(kind: Kind, column: Column) -> Schema:
    limit = int(kind.limit_of(column))
    least: Schema = {"minimum": 0}
    if column.type == Type.NUMBER:
        least = {"exclusiveMinimum": -limit}
    if column.type == Type.RATE:
        least = {"exclusiveMinimum": 0}
    return {"type": "number", **least, "exclusiveMaximum": limit}


def _shown_object(kind: Kind) -> Schema:
    free = {"attributes": _attributes(("object",))} if kind.attributes else {}
    shown = {column.name: _shown(kind, column) for column in kind.columns}
    properties = {"id": {"type": "integer"}, **shown, **free}
    return _object(properties, required=list(properties))


def _shown(kind: Kind, column: Column) -> Schema:
    """What a GET answers: amounts as text, moments in UTC."""
    text: Schema = {"type": "string"}
    shown: Schema = {
        **dict.fromkeys(NUMBERS, text | {"pattern": r"^-?[0-9]+(\.[0-9]+)?$"}),
        **dict.fromkeys((Type.DATE, Type.MONTH), text | {"format": "date"}),
        Type.MOMENT: text | {"format": "date-time"},
        Type.COUNT: {"type": "integer"},
        Type.TRUTH: {"type": "boolean"},
        Type.JSON: {"type": "object"},
    }.get(column.type, text)
    field = cast(AnyField, kind.model._meta.get_field(column.target))
    return shown | {"type": [shown["type"], "null"]} if field.null else dict(shown)


def _many(title: str) -> Schema:
    """Any object will do, since each is answered for itself; those that are good are like this."""
    item = {"anyOf": [reference(f"{title}Change"), reference("JsonObject")]}
    rows = {"type": "array", "items": item, "minItems": 1, "maxItems": 1000}
    return _object({"data": rows}, required=["data"])


def _answer_to_many(kind: Kind) -> Schema:
    whole: Schema = {"type": "integer", "minimum": 0}
    result = {
        "index": whole,
        "status": {"type": "string", "enum": list(OUTCOMES)},
        "id": {"type": ["integer", "null"]},
        **{name: {} for name in kind.key},  # as it was sent
        "errors": {"type": "array", "items": reference("ProblemError")},
    }
    results = {"type": "array", "items": _object(result, required=list(result))}
    counts = {"import": whole, **dict.fromkeys(OUTCOMES, whole)}
    return _object(counts | {"results": results}, required=[*counts, "results"])
