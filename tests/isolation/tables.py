"""The tables of tenants: which there are, which columns hold text, and a fingerprint of each."""

from typing import Any

from django.apps import apps
from django.db import connection, connections, models

from tenants.context import inside

# Columns that hold no text of the tenant's, but a code, a number or a secret.
NOT_TEXT = {
    "accounts.ApiKey.id",
    "accounts.ApiKey.hashed_key",
    "accounts.User.password",
    "admin.LogEntry.object_id",
    "account.EmailConfirmation.key",
    "metrics.HealthFactor.key",
    "metrics.Goal.metric",
    "metrics.OwnMetric.key",
    "metrics.OwnMetricEvent.key",
    "metrics.Goal.variant",
    "metrics.GoalEvent.metric",
    "metrics.GoalEvent.variant",
    "accounts.CountingRules.timezone",
    "accounts.CountingRulesEvent.timezone",
    "accounts.CountingRules.preferred_variants",
    "accounts.CountingRulesEvent.preferred_variants",
    "metrics.KpiSnapshot.key",
    "metrics.KpiSnapshot.variant",
    "metrics.Revision.key",
    "metrics.Revision.variant",
    "accounts.Job.kind",
    "accounts.Job.stage",
    "accounts.Import.kind",
    "accounts.Import.preset",
    "accounts.ColumnMapping.kind",
    "accounts.IdempotentAnswer.caller",
    "accounts.IdempotentAnswer.request",
    "accounts.IdempotentAnswer.content_type",
}


def models_of_tenants() -> list[type[models.Model]]:
    """The models whose tables lie in a tenant's schema, history tables included."""
    with inside("acme"), connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    return [model for model in apps.get_models() if model._meta.db_table in tables]


def text_columns(model: type[models.Model]) -> list[str]:
    """Columns into which a person could have written a canary."""
    if model._meta.app_label in ("auth", "contenttypes", "sessions"):
        return []  # Django's own: permissions that we do not use, names of models, signed data
    kinds = (models.CharField, models.TextField, models.JSONField)
    return [
        field.name
        for field in model._meta.local_fields
        if isinstance(field, kinds)
        and not field.choices
        and (field.max_length or 100) >= 35
        and field.name != "pgh_label"
        and f"{model._meta.label}.{field.name}" not in NOT_TEXT
    ]


def fingerprints(schema: str, *, but: tuple[str, ...] = ()) -> dict[str, str]:
    """Of every table of a schema: how many rows, and the hash of them in order."""
    with connections["ledger"].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        names = sorted(name for (name,) in cursor.fetchall() if name not in but)
        return {name: _fingerprint(cursor, f'"{schema}"."{name}"') for name in names}


def _fingerprint(cursor: Any, table: str) -> str:
    rows = "string_agg(t::text, chr(10) ORDER BY t::text)"
    cursor.execute(f"SELECT count(*) || ' ' || coalesce(md5({rows}), '') FROM {table} t")
    return str(cursor.fetchone()[0])
