"""A good row of every kind of file, and what can be wrong with one."""

import pytest

from tenants.models import Tenant
from tests.accounts.files import Sending, text
from tests.accounts.samples import book, engagement

SAMPLES = book.SAMPLES | engagement.SAMPLES


def good(kind: str, number: int) -> dict[str, str]:
    day = f"20{number // 336:02d}-{number // 28 % 12 + 1:02d}-{number % 28 + 1:02d}"
    values = {"{n}": str(number), "{day}": day, "{month}": f"{day[:8]}01"}
    row = dict(SAMPLES[kind].good)
    for mark, value in values.items():
        row = {name: cell.replace(mark, value) for name, cell in row.items()}
    return row


def file_of(kind: str, rows: list[dict[str, str]]) -> str:
    return text(list(SAMPLES[kind].good), [list(row.values()) for row in rows])


@pytest.fixture
def send(acme: Tenant) -> Sending:
    """Acme with what the samples point to."""
    send = Sending(acme)
    send("accounts", "external_id,name\na,Ant\nb,Bee\n")
    send("contacts", "external_id,account_external_id\np,a\nother,b\n")
    send(
        "subscriptions",
        "external_id,account_external_id,plan,amount,interval,started_on\n"
        "s,a,Gold,9,month,2000-01-01\n",
    )
    send(
        "tickets",
        "external_id,account_external_id,subject,status,opened_at\nt,a,T,open,2024-01-01\n",
    )
    return send
