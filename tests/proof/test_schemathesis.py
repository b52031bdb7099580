"""The description of the API is true: thousands of requests made of it, and answers held to it."""

import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from accounts.models import Account, ApiKey, Contact, Subscription
from tenants.context import inside
from tests import facts

CONFIGURATION = tomllib.loads(Path(__file__).with_name("schemathesis.toml").read_text())
LEAST = 5_000  # requests in all
# Key scopes of a viewer, a manager and an admin, each with its share of the requests.
ROLES = {"read": 2, "write": 4, "admin": 6}
FAR = 10**6


@dataclass
class Run:
    """The requests of a run, and what was wrong with their answers."""

    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, event: events.EngineEvent) -> None:
        if isinstance(event, events.NonFatalError):
            self.faults.append(f"{event.label}: {event.info.format()}")
        if isinstance(event, events.ScenarioFinished):
            self.requests += len(event.recorder.interactions)
            self._look(event.recorder)

    def _look(self, recorder: Any) -> None:
        for case, exchange in recorder.interactions.items():
            response = exchange.response
            self.statuses[response.status_code if response else 0] += 1
            for check in recorder.checks.get(case, []):
                if check.status == Status.FAILURE:
                    failure = check.failure_info
                    what = f"{failure.failure.title}: {failure.failure.message}"[:600]
                    self.faults.append(f"{recorder.label}: {what}\n{failure.code_sample[:600]}")


@pytest.fixture
def filled(own_database: str) -> Iterator[None]:
    """A row of every kind, so that there is something to read; new rows come after them."""
    with inside("acme"):
        account = Account.objects.create(pk=FAR, external_id="a", name="Ant")
        Contact.objects.create(pk=FAR, external_id="c", account=account)
        Subscription.objects.create(
            pk=FAR,
            external_id="s",
            account=account,
            plan="P",
            currency="EUR",
            amount=9,
            interval="month",
            started_on=date(2024, 1, 1),
        )
        facts.store(text=lambda name: name, pk=FAR, parents=FAR)
    yield


def key_of(scope: str) -> str:
    with inside("acme"):
        return ApiKey.objects.create_key(name=f"{scope} key", scope=scope)[1]


def described() -> Any:
    headers = {"host": "acme.localhost", "authorization": f"Bearer {key_of('read')}"}
    answer = Client(headers=headers).get("/api/v1/schema/?format=json")
    assert answer.status_code == 200
    return json.loads(answer.content)


def run(description: Any, *, scope: str, examples: int, only: str = "/") -> Run:
    """Hold the product, in this process, to a description with the key of a scope."""
    config = SchemathesisConfig.from_dict(
        CONFIGURATION
        | {
            "seed": 11,
            "workers": 1,
            "continue-on-failure": True,
            "base-url": "http://acme.localhost",
            "headers": {"Authorization": f"Bearer {key_of(scope)}"},
            "generation": {"max-examples": examples, "no-shrink": True, "database": "none"},
            "phases": {"stateful": {"enabled": False}},
            "suppress-health-check": ["all"],
        }
    )
    schema = schemathesis.openapi.from_dict(description, config=config)
    schema.app = get_wsgi_application()
    done = Run()
    for event in from_schema(schema.include(path_regex=only)).execute():
        done.add(event)
    return done


def test_every_answer_is_as_described_whoever_asks(filled: None) -> None:
    description = described()
    runs = {scope: run(description, scope=scope, examples=most) for scope, most in ROLES.items()}
    print({scope: (one.requests, one.statuses) for scope, one in runs.items()})
    assert {scope: one.faults for scope, one in runs.items() if one.faults} == {}
    assert sum(one.requests for one in runs.values()) >= LEAST


def _wrong_type(schema: Any) -> None:
    schema["components"]["schemas"]["Accounts"]["properties"]["name"] = {"type": "integer"}


def _unlisted_status(schema: Any) -> None:
    del schema["paths"]["/api/v1/accounts/{id}/"]["get"]["responses"]["404"]


def _missing_bound(schema: Any) -> None:
    new = schema["components"]["schemas"]["AccountsNew"]["properties"]
    new["created_on"] = {"type": "string"}


@pytest.mark.parametrize("lie", [_wrong_type, _unlisted_status, _missing_bound])
def test_a_lie_in_the_description_is_found(filled: None, lie: Any) -> None:
    description = described()
    lie(description)
    only = r"^/api/v1/accounts/(\{id\}/)?$"
    assert run(description, scope="write", examples=10, only=only).faults
