"""A key that others can know or guess signs nobody's session: no program starts with it."""

import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from csplatform.checks import PUBLISHED, SHORTEST, check_secret_keys, refuse_to_serve
from csplatform.embedded.folder import DataFolder
from tests.csplatform.supervisors import ROOT, clean_environment
from tests.product import free_port

GOOD = secrets.token_urlsafe(64)
BAD = {
    "   ": "E001",
    "unset": "E001",
    "x": "E002",
    GOOD[: SHORTEST - 1]: "E002",
    "ab" * 40: "E003",
    "django-insecure-" + GOOD: "E004",
    PUBLISHED: "E005",
}


@pytest.mark.parametrize(("key", "error"), BAD.items(), ids=range(len(BAD)))
def test_a_key_that_can_be_guessed_is_an_error(settings: Settings, key: str, error: str) -> None:
    settings.SECRET_KEY = key
    found = check_secret_keys(None)
    assert f"csplatform.{error}" in {message.id for message in found}
    assert all("token_urlsafe" in str(message.hint) for message in found)
    with pytest.raises(ImproperlyConfigured, match=r"^SECRET_KEY .*token_urlsafe"):
        refuse_to_serve()


def test_a_good_key_of_the_least_length_is_accepted(settings: Settings) -> None:
    settings.SECRET_KEY = GOOD[:SHORTEST]
    assert check_secret_keys(None) == []
    refuse_to_serve()


def test_a_former_key_must_be_as_good(settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = GOOD, [GOOD[::-1], "x"]
    messages = [message.msg for message in check_secret_keys(None)]
    assert messages[0] == "SECRET_KEY_FALLBACKS, key 2, is shorter than 50 characters."


def test_the_example_that_is_refused_is_the_one_in_the_file() -> None:
    assert f"SECRET_KEY={PUBLISHED}\n" in (ROOT / ".env.example").read_text()


PROGRAMS = {
    "web": ["-m", "gunicorn", "csplatform.wsgi", "--no-control-socket", "-b"],
    "worker": ["-m", "celery", "-A", "csplatform", "worker", "-c", "1"],
    "beat": ["-m", "celery", "-A", "csplatform", "beat", "--pidfile=", "-s"],
    "check": ["manage.py", "check"],
    "server for development": ["manage.py", "runserver", "--noreload"],
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[int, str]]]:
    """How every program ended, without a key, and what it said."""
    folder = tmp_path_factory.mktemp("keyless")
    last = {"web": f"127.0.0.1:{free_port()}", "beat": str(folder / "schedule")}
    started = {
        name: subprocess.Popen(
            [sys.executable, *words, *([last[name]] if name in last else [])],
            cwd=ROOT,
            env=clean_environment(DATA=str(folder), SECRET_KEY=""),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for name, words in PROGRAMS.items()
    }
    try:
        result = {name: process.communicate(timeout=60)[0] for name, process in started.items()}
        yield {name: (started[name].returncode, result[name]) for name in started}
    finally:
        for process in started.values():
            process.kill()


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_program_serves_without_a_key(refused: dict[str, tuple[int, str]], program: str) -> None:
    code, result = refused[program]
    assert code in (1, 3)
    assert result.count("SECRET_KEY is not set.") >= 1
    assert "token_urlsafe(64)" in result
    assert "DATA" in result


@pytest.mark.parametrize("program", ["worker", "beat"])
def test_the_refusal_of_celery_is_one_line(
    refused: dict[str, tuple[int, str]], program: str
) -> None:
    result = refused[program][1]
    assert "Traceback" not in result
    assert "SECRET_KEY is not set." in result.splitlines()[-1]


def test_the_data_folder_has_a_key_that_is_accepted(tmp_path: Path, settings: Settings) -> None:
    data = DataFolder(tmp_path)
    settings.SECRET_KEY = data.secret("secret_key")
    data.close()
    assert check_secret_keys(None) == []


def test_a_short_key_of_an_older_data_folder_is_replaced_once(tmp_path: Path) -> None:
    data = DataFolder(tmp_path)
    data.write("secret_key", secrets.token_urlsafe(32) + "\n")
    assert data.renew_short_secret("secret_key", shortest=SHORTEST)
    key = data.secret("secret_key")
    assert len(key) == 64
    assert not data.renew_short_secret("secret_key", shortest=SHORTEST)
    assert data.secret("secret_key") == key
    data.close()
