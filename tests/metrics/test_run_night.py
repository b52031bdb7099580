"""The command that runs nights by hand: one day, a range, and what it refuses."""

import subprocess
import sys
from io import StringIO
from secrets import token_urlsafe

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import MrrMovement
from metrics.models import Night
from tenants.context import outside
from tenants.models import NightRun, Tenant
from tests.databases import ROOT, url_of
from tests.metrics.test_night import BOOK, D1, D2, D3, load


def result(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    with outside():  # where a command begins
        call_command("run_night", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_run_night_runs_one_day_and_says_so(committed_acme: Tenant) -> None:
    load(BOOK)
    out, err = result("acme", "--date", D2.isoformat())
    assert out == "acme: 1 nights run, the last of 2026-03-29\n"
    assert err == ""
    run_of_day = NightRun.objects.using("ledger").get()
    assert (run_of_day.local_date, run_of_day.state, run_of_day.attempts) == (D2, "done", 1)
    assert MrrMovement.objects.count() == 10


@pytest.mark.long
def test_run_night_shows_how_far_a_range_has_come(committed_acme: Tenant) -> None:
    load(BOOK)
    out, err = result("acme", "--from", D1.isoformat(), "--to", D3.isoformat())
    assert out == "acme: 3 nights run, the last of 2026-03-30\n"
    assert "3/3" in err
    assert set(Night.objects.values_list("day", flat=True)) == {D1, D2, D3}


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["nobody"], "There is no tenant “nobody”."),
        (["acme", "--date", "2026-02-30"], "“2026-02-30” is not a date like 2026-01-31."),
        (["acme", "--date", "9000-01-01"], "9000-01-01 is not over yet: the last closed day is "),
        (["acme", "--from", "2026-01-01"], "--from and --to go together."),
        (["acme", "--from", "2026-01-02", "--to", "2026-01-01"], "2026-01-02 is after 2026-01-01."),
        (
            ["acme", "--date", "2026-01-01", "--from", "2026-01-01", "--to", "2026-01-01"],
            "Give either --date, or --from and --to.",
        ),
    ],
)
def test_run_night_says_what_is_wrong_and_ends_with_2(
    acme: Tenant, arguments: list[str], answer: str
) -> None:
    with pytest.raises(CommandError) as refused:
        result(*arguments)
    assert str(refused.value).startswith(answer)
    assert refused.value.returncode == 2


def test_the_exit_code_of_run_night_reaches_the_shell(db: None) -> None:
    database = str(connection.settings_dict["NAME"])
    done = subprocess.run(
        [sys.executable, "manage.py", "run_night", "nobody"],
        cwd=ROOT,
        env={
            "DATABASE_URL": url_of(database),
            "SECRET_KEY": token_urlsafe(64),
            "TENANT_ROLE_PREFIX": "cstest",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert [done.returncode, done.stderr] == [2, "CommandError: There is no tenant “nobody”.\n"]
