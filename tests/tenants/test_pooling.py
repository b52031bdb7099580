"""The look for a pooler, where there is none. With one: `tests/proof/test_poolers.py`."""

import socket

import pytest
from django.db import connections
from psycopg import OperationalError

from tenants import pooling

pytestmark = pytest.mark.django_db


def test_a_server_that_is_reached_directly_is_welcome() -> None:
    pooling.refuse_transaction_pooling()


def test_a_direct_connection_is_known_as_one_and_keeps_its_own() -> None:
    with pooling._connected() as one:
        assert pooling._is_direct(one)
        assert not pooling._can_lose_its_own(one)


def test_a_server_that_is_away_is_left_to_its_own_clearer_error() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings = connections["ledger"].settings_dict
        before, settings["PORT"] = settings["PORT"], unused.getsockname()[1]
        try:
            with pytest.raises(OperationalError), pooling._connected():
                raise AssertionError("connected")
            pooling.refuse_transaction_pooling()
        finally:
            settings["PORT"] = before


def test_a_server_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pooling, "PATIENCE", 0.2)
    with (
        pooling._connected() as one,
        pytest.raises(pooling._Late, match="in time"),
    ):
        pooling._ask(one, b"SELECT pg_sleep(3)")
