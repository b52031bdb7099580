"""The description of the API is true: thousands of requests made of it, and answers held to it."""

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Account, ApiKey, Contact, Subscription
from tenants.context import inside
from tests import facts
from tests.product import ROOT, Product, own_broker

SCHEMATHESIS = ROOT / ".venv" / "bin" / "schemathesis"
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
LEAST = 5_000  # requests in all
# Key scopes of a viewer, a manager and an admin, each with its share of the requests.
ROLES = {"read": 3, "write": 5, "admin": 10}
FAR = 10**6  # an id that no sequence comes to meanwhile


@pytest.fixture
def product(own_database: str, tmp_path: Path) -> Iterator[Product]:
    with own_broker() as number:
        product = Product(database=own_database, folder=tmp_path, broker_number=number)
        with product.web():
            yield product


def key_of(scope: str) -> str:
    with inside("acme"):
        return ApiKey.objects.create_key(name=f"{scope} key", scope=scope)[1]


def fill() -> None:
    """A row of every kind, so that there is something to read."""
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


def run(product: Product, key: str, where: str, *options: str) -> tuple[int, str, int]:
    """Exit code, report and number of requests of a run against the description at `where`."""
    done = subprocess.run(
        [
            str(SCHEMATHESIS),
            *("--config-file", str(CONFIGURATION), "run", where),
            *("--url", f"http://127.0.0.1:{product.port}"),
            *("-H", "Host: acme.localhost", "-H", f"Authorization: Bearer {key}"),
            *("--checks", "all", "--phases", "examples,coverage,fuzzing"),
            *("--workers", "2", "--seed", "11", "--warnings", "off", "--no-color", "--no-shrink"),
            *("--suppress-health-check", "all", "--continue-on-failure"),
            *options,
        ],
        cwd=product.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    counted = re.search(r"(\d+) generated", done.stdout)
    return done.returncode, done.stdout + done.stderr, int(counted[1]) if counted else 0


def address(product: Product) -> str:
    return f"http://127.0.0.1:{product.port}/api/v1/schema/"


def described(product: Product) -> Any:
    status, schema = product.get("/api/v1/schema/?format=json", slug="acme", key=key_of("read"))
    assert status == 200
    return schema


def test_every_answer_is_as_described_whoever_asks(product: Product) -> None:
    fill()
    requests = 0
    for scope, most in ROLES.items():
        code, report, made = run(product, key_of(scope), address(product), "-n", str(most))
        assert code == 0, f"{scope}\n{report[-100_000:]}"
        requests += made
    assert requests >= LEAST


def _wrong_type(schema: Any) -> None:
    schema["components"]["schemas"]["Accounts"]["properties"]["name"] = {"type": "integer"}


def _unlisted_status(schema: Any) -> None:
    del schema["paths"]["/api/v1/accounts/{id}/"]["get"]["responses"]["404"]


def _missing_bound(schema: Any) -> None:
    new = schema["components"]["schemas"]["AccountsNew"]["properties"]
    new["created_on"] = {"type": "string"}


@pytest.mark.parametrize("lie", [_wrong_type, _unlisted_status, _missing_bound])
def test_a_lie_in_the_description_is_found(product: Product, lie: Any) -> None:
    fill()
    schema = described(product)
    lie(schema)
    file = product.folder / "lie.json"
    file.write_text(json.dumps(schema))
    only = ("--include-path-regex", r"^/api/v1/accounts/(\{id\}/)?$", "-n", "20")
    code, report, _made = run(product, key_of("write"), str(file), *only)
    assert code == 1, report[-5_000:]
    assert "Accounts" in report or "accounts" in report
