"""Commands that refuse: exit code 2, nothing changed, one clear line on stderr."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from accounts.imports.engine import Refused
from tenants.context import NoSuchTenant


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what we refuse for a good reason into that one line."""
    try:
        yield
    except ValidationError as problem:
        raise CommandError(" ".join(problem.messages), returncode=2) from problem
    except (NoSuchTenant, Refused, OSError) as problem:
        raise CommandError(str(problem), returncode=2) from problem
