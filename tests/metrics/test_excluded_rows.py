"""A row that cannot be computed never stops a night: it is named, and everything else is done."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Account, AccountNow, MrrMovement
from metrics.models import KpiSnapshot, Night
from tenants.context import as_owner, outside
from tenants.models import NightRun, Tenant
from tests.books import Sold, store
from tests.cast import ALICE
from tests.conftest import client_of

DAY = date(2026, 3, 28)
Q1 = date(2026, 1, 1)
GOOD = [Sold("ant", Decimal(100), Q1), Sold("bee", Decimal(70), Q1)]


def run_night(slug: str = "acme") -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    with outside():
        call_command("run_night", slug, "--date", DAY.isoformat(), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def mrr() -> Decimal | None:
    found = KpiSnapshot.objects.filter(key="mrr", variant="all", day=DAY, period="month")
    return found.get(compared="", dimension="").value


def write(statement: str) -> None:
    """As somebody does who writes past the rules."""
    with as_owner("acme"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_price_that_no_column_holds_is_excluded_until_it_is_mended(
    committed_acme: Tenant,
) -> None:
    dear = Decimal("60000000000000")  # fits once, not twice in one account
    too_dear = Sold("cat", Decimal("48221234567890"), Q1, quantity=5)
    store([*GOOD, too_dear, Sold("ant", dear, Q1), Sold("ant", dear, Q1)])
    _out, err = run_night()
    reason = (
        "Amount × quantity per month, in the reporting currency, must be below 100000000000000."
    )
    start = "acme: excluded from 2026-03-28: subscriptions"
    assert err.splitlines() == [
        f"{start} s2: amount 48221234567890.0000 × 5.0000: {reason}",
        f"{start} s4: amount 60000000000000.0000 × 1.0000: {reason}",
    ]
    assert mrr() == 170 + dear
    assert AccountNow.objects.count() == Account.objects.count() == 3
    ledger = NightRun.objects.using("ledger").get(local_date=DAY)
    assert (ledger.state, ledger.error) == ("done", "2 rows out of bounds were excluded.")
    page = client_of(ALICE).get("/").content.decode()
    assert "2 rows are out of bounds and were excluded from the figures." in page
    assert reason in page
    write("UPDATE acme.accounts_subscription SET amount = 1, quantity = 1 WHERE amount > 1e12")
    assert run_night()[1] == ""
    assert mrr() == 173
    assert Night.objects.get().excluded == []


# What somebody wrote by SQL; the kind that is named, and its column.
WRITTEN = {
    "a rate that came later": (
        "INSERT INTO acme.accounts_rate (currency, day, rate) VALUES ('USD', '2000-01-01', 9e8);"
        "UPDATE acme.accounts_subscription SET currency = 'USD', amount = 1e9"
        " WHERE external_id = 's2'",
        ("subscriptions", "amount"),
    ),
    "a change of terms": (
        "INSERT INTO acme.accounts_subscriptionchange (subscription_id, effective_on, quantity,"
        " plan) SELECT id, '2026-02-01', 9e13, '' FROM acme.accounts_subscription"
        " WHERE external_id = 's3'",
        ("subscriptions", "amount"),
    ),
    "an infinite start": (
        "UPDATE acme.accounts_subscription SET started_on = '-infinity' WHERE external_id = 's4'",
        ("subscriptions", "started_on"),
    ),
    "a year of six digits": (
        "UPDATE acme.accounts_account SET created_on = '200000-01-01' WHERE external_id = 'cat'",
        ("accounts", "created_on"),
    ),
    "a moment before Christ": (
        "INSERT INTO acme.accounts_activity (external_id, account_id, kind, at, author_email, text)"
        " SELECT 'x', id, 'note', '4000-01-01 BC', '', '' FROM acme.accounts_account"
        " WHERE external_id = 'cat'",
        ("activities", "at"),
    ),
    "a number that is none": (
        "INSERT INTO acme.accounts_measurement (account_id, key, day, value)"
        " SELECT id, 'k', '2026-03-01', 'NaN' FROM acme.accounts_account"
        " WHERE external_id = 'cat'",
        ("measurements", "value"),
    ),
    "an event at the end of time": (
        "INSERT INTO acme.usage_event (message_id, occurred_at, account_id, user_id, event,"
        " feature, session_id, properties) SELECT 'm', 'infinity', id, 'u', 'e', '',"
        " '', '{}' FROM acme.accounts_account WHERE external_id = 'cat'",
        ("events", "occurred_at"),
    ),
    "a purchase in the year 9999999": (
        "INSERT INTO acme.accounts_purchase (external_id, account_id, occurred_on, amount,"
        " currency, kind, description) SELECT 'x', id, '5000000-01-01', 1, 'EUR', 'one_off', ''"
        " FROM acme.accounts_account WHERE external_id = 'cat'",
        ("purchases", "occurred_on"),
    ),
    "a ticket without an end": (
        "INSERT INTO acme.support_ticket (external_id, account_id, subject, status, priority, kind,"
        " channel, opened_at, solved_at, closed_as, team, tags, assignee_email) SELECT 'x', id,"
        " 's', 'solved', 'normal', 'question', '', '2026-01-01', 'infinity', '', '', '', ''"
        " FROM acme.accounts_account WHERE external_id = 'cat'",
        ("tickets", "solved_at"),
    ),
    "an answer before Christ": (
        "INSERT INTO acme.surveys_survey (key, name, kind, imported)"
        " VALUES ('p', 'P', 'nps', true);"
        "INSERT INTO acme.surveys_response (external_id, survey_id, kind, score, account_id,"
        " comment, language, answered_at, channel, touchpoint) SELECT 'x', survey.id, 'nps', 9,"
        " a.id, '', '', '-infinity', '', '' FROM acme.surveys_survey survey,"
        " acme.accounts_account a WHERE a.external_id = 'cat'",
        ("responses", "answered_at"),
    ),
}


def test_whatever_was_written_past_the_rules_the_night_ends_and_names_it(
    committed_acme: Tenant,
) -> None:
    store([*GOOD, *[Sold("cat", Decimal(10), Q1)] * 3])
    for statement, _named in WRITTEN.values():
        write(statement)
    run_night()
    excluded = Night.objects.get().excluded_rows
    assert sorted((row.kind, row.column) for row in excluded) == sorted(
        named for _statement, named in WRITTEN.values()
    )
    assert mrr() == 170
    assert AccountNow.objects.filter(account__external_id__in=("ant", "bee")).count() == 2


def test_an_unknown_failure_is_one_line_and_ends_with_1(committed_acme: Tenant) -> None:
    store(GOOD)
    write(
        "CREATE FUNCTION acme.never() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN RAISE numeric_value_out_of_range USING MESSAGE = 'never fits'; END$$;"
        "CREATE TRIGGER never BEFORE INSERT ON acme.accounts_accountnow"
        " FOR EACH ROW EXECUTE FUNCTION acme.never()"
    )
    with pytest.raises(CommandError) as refused:
        run_night()
    assert str(refused.value) == "The night of 2026-03-28 failed: never fits"
    assert refused.value.returncode == 1
    assert not MrrMovement.objects.exists()
    write("DROP FUNCTION acme.never() CASCADE")
