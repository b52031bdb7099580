"""A client that a generator makes of the description takes an integrator's first steps."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import ApiKey
from tenants.context import inside
from tests.product import ROOT, Product, own_broker

GENERATOR = ROOT / ".venv" / "bin" / "openapi-python-client"
STEPS = """
import json, sys
from made.client import AuthenticatedClient
from made.api.accounts import accounts_create, accounts_list, accounts_read
from made.api.imports import imports_list
from made.api.kpis import kpis_list
from made.models.accounts_new import AccountsNew

url, key = sys.argv[1:]
client = AuthenticatedClient(
    base_url=url, token=key, headers={"Host": "acme.localhost"}, raise_on_unexpected_status=True
)
new = AccountsNew.from_dict({"external_id": "f/2", "name": "Ant", "seats": 3})
made = accounts_create.sync(client=client, body=new)
page = accounts_list.sync(client=client, limit=10)
print(json.dumps({
    "made": [made.external_id, made.seats],
    "read": accounts_read.sync(id="f/2", client=client).name,
    "listed": [one.external_id for one in page.data],
    "imports": imports_list.sync(client=client).data,
    "kpis": "mrr" in [one.key for one in kpis_list.sync(client=client).data],
}))
"""


@pytest.fixture
def product(own_database: str, tmp_path: Path) -> Iterator[Product]:
    with own_broker() as number:
        product = Product(database=own_database, folder=tmp_path, broker_number=number)
        with product.web():
            yield product


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-3_000:]
    return done.stdout


def test_a_generated_client_takes_the_first_steps(product: Product) -> None:
    with inside("acme"):
        key = ApiKey.objects.create_key(name="client", scope="write")[1]
    status, schema = product.get("/api/v1/schema/?format=json", slug="acme", key=key)
    assert status == 200
    folder = product.folder / "client"
    folder.mkdir()
    (folder / "schema.json").write_text(json.dumps(schema))
    (folder / "configuration.yml").write_text("post_hooks: []\n")
    run(
        folder,
        *(str(GENERATOR), "generate", "--path", "schema.json", "--config", "configuration.yml"),
        *("--meta", "none", "--output-path", "made"),
    )
    (folder / "steps.py").write_text(STEPS)
    url = f"http://127.0.0.1:{product.port}"
    answer: Any = json.loads(run(folder, sys.executable, "steps.py", url, key))
    assert answer == {
        "made": ["f/2", 3],
        "read": "Ant",
        "listed": ["f/2"],
        "imports": [],
        "kpis": True,
    }
