"""Each export that people bring comes in by command, by wizard and by REST, with the same facts."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from accounts import jobs
from accounts.models import Account, Import, Job, Subscription, User
from support.models import Ticket
from tenants.context import inside
from tests.accounts.rest import Program
from tests.media import keep_files_in

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
EXPORTS = Path(__file__).parents[1] / "accounts" / "exports"


@dataclass(frozen=True, kw_only=True)
class Export:
    """A file, how it is sent, and what must come of it; `refused`: nothing, and why."""

    name: str
    kind: str
    preset: str = ""
    mapping: dict[str, str] = field(default_factory=dict)
    counts: tuple[int, int, int, int] = (0, 0, 0, 0)
    accounts_created: int = 0
    assumed: str = ""
    refused: str = ""
    facts: Callable[[], None] = lambda: None


def of_stripe() -> None:
    one, two = Subscription.objects.select_related("account").order_by("external_id")
    assert (one.external_id, one.account.external_id, one.account.name) == (
        *("sub_1", "cus_Aa1", "Aa"),
    )
    assert (one.plan, one.quantity, one.amount, one.currency, one.interval) == (
        *("Pro", Decimal(3), Decimal(49), "USD", "month"),
    )
    assert (one.started_on, one.renews_on) == (date(2024, 1, 31), date(2024, 4, 30))
    assert one.attributes["team"] == "red"
    assert (two.external_id, two.account.external_id, two.account.name) == (
        *("sub_2", "cus_Bb2", "Bb"),
    )
    assert (two.amount, two.interval, two.started_on) == (
        *(Decimal(490), "year", date(2023, 1, 31)),
    )
    assert (two.trial_ends_on, two.cancelled_on, two.ended_on) == (
        *(date(2023, 2, 14), date(2023, 12, 1), date(2024, 1, 31)),
    )


def of_hubspot() -> None:
    one, two = Account.objects.order_by("external_id")
    assert (one.external_id, one.name, one.owner_name) == ("900001", "Hub One", "Ann Lee")
    assert (one.created_on, one.country, one.seats) == (date(2024, 1, 31), "PL", None)
    assert (one.domain, two.external_id, two.domain) == ("hub.example", "900002", "two.example")
    assert one.attributes["Number of Employees"] == "1,200"


def of_zendesk() -> None:
    one, two = Ticket.objects.select_related("account").order_by("external_id")
    assert (one.external_id, one.status, one.priority, one.kind) == (
        *("1001", "solved", "normal", "question"),
    )
    with inside("acme") as tenant:
        zone = ZoneInfo(tenant.timezone)
    assert one.solved_at == datetime(2024, 2, 1, 9, 0, tzinfo=zone)
    assert one.account.name == "Org One"
    assert (two.external_id, two.status, two.priority, two.kind) == ("1002", "on_hold", "", "")


def of_salesforce() -> None:
    found = Account.objects.order_by("name")
    assert [one.external_id for one in found] == ["0015g00000AbCdE", "0015g00000AbCde"]
    assert [one.created_on for one in found] == [date(2023, 12, 31), date(2024, 1, 5)]
    assert found[0].attributes["Annual Revenue"] == "USD 1,200,000.00"


def of_sheets() -> None:
    one = Account.objects.get()
    assert (one.external_id, one.created_on, one.seats) == ("gs-1", date(2024, 1, 31), 1200)


def of_polish_excel() -> None:
    found = Subscription.objects.order_by("external_id").values_list("amount", flat=True)
    assert list(found) == [Decimal("1234.50"), Decimal("99.90")]


def of_windows_1250() -> None:
    assert Account.objects.get().name == "Zażółć gęślą jaźń"


EXPORT_LIST = [
    Export(
        name="stripe_subscriptions.csv",
        kind="subscriptions",
        preset="stripe",
        counts=(2, 0, 0, 0),
        accounts_created=2,
        facts=of_stripe,
    ),
    Export(
        name="hubspot-crm-exports-all-companies.csv",
        kind="accounts",
        preset="hubspot",
        counts=(2, 0, 0, 0),
        assumed="Owners of whom no user is known: Ann Lee.",
        facts=of_hubspot,
    ),
    Export(
        name="zendesk_tickets.csv",
        kind="tickets",
        preset="zendesk",
        counts=(2, 0, 0, 0),
        accounts_created=1,
        facts=of_zendesk,
    ),
    Export(
        name="sf_report.csv",
        kind="accounts",
        preset="salesforce",
        counts=(2, 0, 0, 0),
        assumed="Grand Total",
        facts=of_salesforce,
    ),
    Export(
        name="gsheet.csv",
        kind="accounts",
        mapping={
            "Customer ID": "external_id",
            "Name": "name",
            "Created": "created_on",
            "Seats": "seats",
            "Active": "attr.Active",
        },
        counts=(1, 0, 0, 0),
        assumed="Dates: month first",
        facts=of_sheets,
    ),
    Export(
        name="semi_deccomma.csv",
        kind="subscriptions",
        counts=(2, 0, 0, 0),
        assumed="Decimal comma: “1234,50”",
        facts=of_polish_excel,
    ),
    Export(
        name="cp1250.csv",
        kind="accounts",
        counts=(1, 0, 0, 0),
        assumed="Encoding: windows-1250.",
        facts=of_windows_1250,
    ),
    Export(name="dmy_mdy.csv", kind="accounts", refused="31/01/2025"),
]


@dataclass
class Outcome:
    """What a way in says of a file."""

    counts: tuple[int, ...] = (0, 0, 0, 0)
    accounts_created: int = 0
    assumptions: str = ""
    refusal: str = ""


def by_command(export: Export, folder: Path) -> Outcome:
    file, mapping, result = folder / export.name, folder / "mapping.json", StringIO()
    file.write_bytes((EXPORTS / export.name).read_bytes())
    mapping.write_text(json.dumps(export.mapping))
    options = [f"--preset={export.preset}"] if export.preset else []
    options += [f"--mapping={mapping}"] if export.mapping else []
    try:
        call_command("import_data", "acme", export.kind, str(file), *options, stdout=result)
    except CommandError as problem:
        assert problem.returncode == 2, problem
        return Outcome(refusal=str(problem))
    *assumed, last = result.getvalue().splitlines()
    created = [int(one.split()[-1]) for one in assumed if one.startswith("accounts created")]
    counts = tuple(int(one.split()[-1]) for one in last.split(", "))
    return Outcome(counts, sum(created), "\n".join(assumed))


def by_wizard(export: Export, _folder: Path) -> Outcome:
    client = Client(headers={"host": "acme.localhost"})
    with inside("acme"):
        client.force_login(User.objects.get(email="bob@acme.test"))
    file = SimpleUploadedFile(export.name, (EXPORTS / export.name).read_bytes())
    form = {"kind": export.kind, "preset": export.preset, "file": file}
    answer = client.post("/data/import/", form)
    assert answer.status_code == 302
    where = answer["Location"]
    page = client.get(where)
    assert page.status_code == 200
    columns = page.context["columns"]
    form = {
        f"column-{one['number']}": export.mapping.get(one["header"], one["chosen"])
        for one in columns
    }
    form["read-preset"] = export.preset
    assert client.post(where, form).status_code == 302
    work_off()
    page = client.get(where)
    if page.context["entry"].can_be_imported:
        assert client.post(f"{where}run/").status_code == 302
        work_off()
    return outcome_of(client.get(where).context["entry"])


def by_rest(export: Export, _folder: Path) -> Outcome:
    program = Program()
    file = SimpleUploadedFile(export.name, (EXPORTS / export.name).read_bytes())
    fields = {"kind": export.kind, "file": file, "preset": export.preset}
    fields |= {"mapping": json.dumps(export.mapping)} if export.mapping else {}
    sent = {name: value for name, value in fields.items() if value}
    answer = program.client.post("/api/v1/imports/", sent)
    assert answer.status_code == 202, answer.content
    work_off()
    there = program("GET", f"imports/{json.loads(answer.content)['id']}/")
    assert there["state"] == ("refused" if export.refused else "done")
    return Outcome(
        tuple(there[name] for name in ("created", "updated", "unchanged", "rejected")),
        there["accounts_created"],
        "\n".join(there["assumptions"]),
        there["refusal"],
    )


def outcome_of(entry: Import) -> Outcome:
    return Outcome(
        tuple(entry.counts.values()),
        entry.accounts_created,
        "\n".join(entry.assumptions),
        entry.refusal,
    )


def work_off() -> None:
    with inside("acme"):
        for number in Job.objects.filter(state="queued").values_list("pk", flat=True):
            jobs.run(number=number)


@pytest.fixture
def fresh(db: None, settings: LazySettings, tmp_path: Path) -> Path:
    """A tenant without facts, but for what the files need: a rate, an account."""
    keep_files_in(tmp_path / "media", settings)
    (tmp_path / "rates.csv").write_text("currency,day,rate\nUSD,2000-01-01,0.9\n")
    call_command("import_data", "acme", "rates", str(tmp_path / "rates.csv"), stdout=StringIO())
    return tmp_path


@pytest.mark.parametrize("way", [by_command, by_wizard, by_rest])
@pytest.mark.parametrize("export", EXPORT_LIST, ids=lambda one: one.name)
def test_an_export_comes_in_as_it_was_saved(
    fresh: Path, export: Export, way: Callable[[Export, Path], Outcome]
) -> None:
    if export.name == "semi_deccomma.csv":
        with inside("acme"):
            Account.objects.create(external_id="a1", name="Ant")
    outcome = way(export, fresh)
    assert outcome.counts == export.counts, outcome
    assert outcome.accounts_created == export.accounts_created
    assert export.assumed in outcome.assumptions
    assert bool(outcome.refusal) == bool(export.refused)
    assert export.refused in outcome.refusal
    with inside("acme"):
        export.facts()


def test_a_table_with_columns_of_its_own_needs_a_mapping_by_command(fresh: Path) -> None:
    outcome = by_command(Export(name="gsheet.csv", kind="accounts"), fresh)
    assert "Customer ID" in outcome.refusal
    with inside("acme"):
        assert not Account.objects.exists()
