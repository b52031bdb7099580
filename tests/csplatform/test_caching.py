"""While Redis is away people log in, and nobody may guess passwords faster than before."""

import socket
import time
from collections.abc import Iterator

import pytest
from django.core.cache import cache, caches
from pytest_django import Settings

from csplatform.caching import PATIENCE, Absence
from tests.accounts.browsers import browser, is_in, log_in
from tests.product import free_port


@pytest.fixture(params=["closed", "silent"])
def away(request: pytest.FixtureRequest, settings: Settings) -> Iterator[None]:
    """Redis is not there, or takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if request.param == "silent":
            listener.listen(50)
        place = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": place}}
        yield
    caches["default"].clear()
    Absence.until = 0.0


@pytest.mark.django_db
@pytest.mark.usefixtures("away")
class TestWhileRedisIsAway:
    def test_one_logs_in(self, person) -> None:  # type: ignore[no-untyped-def]
        begun, client = time.monotonic(), browser()
        assert log_in(client, person.email).status_code == 302
        assert is_in(client)
        assert time.monotonic() - begun < 10 * PATIENCE

    def test_guesses_are_counted(self, person) -> None:  # type: ignore[no-untyped-def]
        client = browser()
        answers = [log_in(client, person.email, "a guess").status_code for _ in range(12)]
        assert log_in(client, person.email).status_code != 302
        assert answers[0] == 200

    def test_every_operation_answers_as_ever(self) -> None:
        assert cache.add("key", [1], 60) is True
        assert cache.add("key", [2], 60) is False
        assert cache.get("key") == [1]
        assert cache.get("no-key", "default") == "default"
        cache.set("number", 1, 60)
        assert cache.incr("number", 2) == 3
        assert cache.touch("number", 60) is True
        assert cache.has_key("number")
        assert cache.set_many({"a": 1, "b": 2}, 60) == []
        assert cache.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
        cache.delete_many(["a", "b"])
        assert cache.delete("key") is True
        assert cache.get_many(["a", "key"]) == {}
        cache.clear()
        assert cache.get("number") is None


def test_the_way_back_is_found_and_both_are_logged(
    settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("csplatform.caching.PAUSE", 0.0)
    there = settings.CACHES["default"]
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    settings.CACHES = {"default": there | {"LOCATION": nowhere}}
    assert cache.get("anything") is None
    assert cache.get("anything") is None
    settings.CACHES = {"default": there}
    assert cache.get("anything") is None
    result = [(record.levelname, record.message.split(":")[0]) for record in caplog.records]
    assert result == [
        ("WARNING", "The cache is away, this process counts for itself"),
        ("WARNING", "The cache is back."),
    ]
