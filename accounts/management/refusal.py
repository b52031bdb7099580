"""Commands that refuse: exit code 2, nothing changed, one clear line on stderr."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.management.base import CommandError

from accounts.imports.engine import ImportFileError
from tenants.context import NoSuchTenant


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what we refuse for a good reason into that one line."""
    try:
        yield
    except ValidationError as problem:
        raise CommandError(_in_a_line(problem), returncode=2) from problem
    except (NoSuchTenant, ImportFileError, OSError) as problem:
        raise CommandError(str(problem), returncode=2) from problem
    except (EOFError, zlib.error) as problem:
        raise CommandError(f"The file cannot be unpacked: {problem}", returncode=2) from problem


def _in_a_line(problem: ValidationError) -> str:
    """What is wrong, each with the name of its field where it has one."""
    if not hasattr(problem, "error_dict"):
        return " ".join(problem.messages)
    return " ".join(
        " ".join(messages) if name == NON_FIELD_ERRORS else f"{name}: {' '.join(messages)}"
        for name, messages in problem.message_dict.items()
    )
