"""Commands of manage.py, and how they end."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError


def run(*words: str) -> str:
    """What a command prints when it ends well."""
    result = StringIO()
    call_command(*words, stdout=result)
    return result.getvalue()


def refusal(*words: str) -> tuple[int, str]:
    """Exit code and message of a command that does not."""
    with pytest.raises(CommandError) as refused:
        run(*words)
    return refused.value.returncode, str(refused.value)
