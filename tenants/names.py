"""What a tenant may be called: the slug in its address and the schema behind it."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SLUG = re.compile(r"[a-z][a-z0-9-]{2,30}")
SCHEMA = re.compile(r"[a-z][a-z0-9_]{2,30}")
PUBLIC = "public"
TEMPLATE = "tenant_template"
RESERVED = frozenset(
    {PUBLIC, TEMPLATE, "platform", "information_schema", "postgres", "template0", "template1"}
    | {"default", "localhost", "www", "api", "app", "admin", "static", "media", "status"}
    | {"mail", "smtp", "ftp", "ns1", "ns2", "docs", "help", "support", "login", "root"}
)


def schema_of(*, slug: str) -> str:
    """The schema of a tenant; a host name knows no underscore, a bare SQL name no hyphen."""
    return slug.strip().lower().replace("-", "_")


def check_slug(*, slug: str) -> None:
    """Raise ValidationError, saying why, for a slug that no new tenant may have."""
    schema = schema_of(slug=slug)
    if not SLUG.fullmatch(slug) or not SCHEMA.fullmatch(schema) or slug.endswith("-"):
        raise ValidationError(
            _(
                "“%(slug)s” cannot be a tenant's name: 3 to 31 of a-z, 0-9 and hyphen, "
                "beginning with a letter and not ending with a hyphen."
            )
            % {"slug": slug}
        )
    if slug in RESERVED or schema in RESERVED or schema.startswith("pg_"):
        raise ValidationError(_("“%(slug)s” is reserved.") % {"slug": slug})
