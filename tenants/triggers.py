"""The triggers that models declare, as statements: the one place where their text is made.

`pgtrigger` knows which there are and what each does; its migrations would carry a copy of every
text at every change. Its `ignore` works as ever.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

import pgtrigger
from django.apps import AppConfig
from django.db import connection

PREFIX = "pgtrigger_"
FUNCTION = """CREATE OR REPLACE FUNCTION {pgid}() RETURNS trigger LANGUAGE plpgsql AS $$
{declare}
BEGIN
    IF {ignore_func_name}(TG_NAME) THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END IF;
    {func}
END
$$"""
TRIGGER = """CREATE {constraint} TRIGGER {pgid} {when} {operation} ON {table}
{timing} {referencing} FOR EACH {level} {condition} EXECUTE FUNCTION {execute}"""
COMMENT = "COMMENT ON TRIGGER {pgid} ON {table} IS '{fingerprint}'"

# In the public schema, where `pgtrigger.ignore` and its functions look for it.
IGNORE = """CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name)
RETURNS boolean LANGUAGE sql STABLE AS $$
SELECT coalesce(trigger_name = ANY (nullif(current_setting('pgtrigger.ignore', true), '')::text[]),
                false)
$$"""
INSTALLED = """
SELECT t.tgname, t.tgrelid::regclass::text, obj_description(t.oid, 'pg_trigger')
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal
  AND starts_with(t.tgname, %s)
"""
ORPHANS = """
SELECT p.oid::regprocedure::text FROM pg_proc p
WHERE p.pronamespace = current_schema()::regnamespace AND starts_with(p.proname, %s)
  AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgfoid = p.oid)
"""


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A trigger as it should be."""

    name: str
    table: str
    statements: tuple[str, ...]
    fingerprint: str


def declared(*, apps: Iterable[AppConfig]) -> Iterator[Declared]:
    """Yield the triggers of the models of these apps."""
    labels = {config.label for config in apps}
    for model, trigger in pgtrigger.registered():
        if model._meta.app_label in labels:
            parts = trigger.compile(model).sql
            yield _declared(parts.defaults | parts.kwargs)


def _declared(parts: dict[str, str]) -> Declared:
    texts = [template.format(**parts) for template in (FUNCTION, TRIGGER)]
    fingerprint = sha256("\n".join(texts).encode()).hexdigest()
    comment = COMMENT.format(**parts, fingerprint=fingerprint)
    return Declared(
        name=parts["pgid"],
        table=parts["table"],
        statements=(*texts, comment),
        fingerprint=fingerprint,
    )


def drop_outdated(*, wanted: Iterable[Declared]) -> None:
    """Drop the triggers of the current schema that are not exactly one of those wanted."""
    valid = {(one.name, one.table, one.fingerprint) for one in wanted}
    with connection.cursor() as cursor:
        for name, table, fingerprint in _installed():
            if (name, table, fingerprint) not in valid:
                cursor.execute(f"DROP TRIGGER {name} ON {table}")
        cursor.execute(ORPHANS, [PREFIX])
        for (function,) in cursor.fetchall():
            cursor.execute(f"DROP FUNCTION {function}")


def create_missing(*, wanted: Iterable[Declared]) -> None:
    """Create the wanted triggers that the current schema does not have."""
    present = {name for name, _table, _fingerprint in _installed()}
    with connection.cursor() as cursor:
        for trigger in wanted:
            if trigger.name not in present:
                for statement in trigger.statements:
                    cursor.execute(statement)


def create_ignore() -> None:
    """Create the function that every trigger calls first, for all schemas."""
    with connection.cursor() as cursor:
        cursor.execute(IGNORE)


def _installed() -> list[tuple[str, str, str]]:
    """Name, table and fingerprint of the triggers that the current schema has."""
    with connection.cursor() as cursor:
        cursor.execute(INSTALLED, [PREFIX])
        return list(cursor.fetchall())
