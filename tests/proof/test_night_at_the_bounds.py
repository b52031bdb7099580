"""A night over rows of every kind that are just inside of the bounds ends, and excludes few."""

import time
from datetime import date

from accounts.imports.kinds import KINDS
from accounts.models import Account, AccountNow
from metrics.models import Night
from metrics.pipeline import nightly
from tenants.models import Tenant
from tests.accounts.files import Sending, text
from tests.accounts.test_bounds import header_of, tries

DAY = date(2026, 3, 28)


def test_a_night_over_rows_at_every_bound(committed_acme: Tenant) -> None:
    send = Sending(committed_acme)
    send("accounts", "external_id,name\na,Ant\nb,Bee\n")
    send("contacts", "external_id,account_external_id\np,a\nother,b\n")
    header = "external_id,account_external_id,plan,amount,interval,started_on\n"
    send("subscriptions", f"{header}s,a,Gold,9,month,2000-01-01\n")
    header = "external_id,account_external_id,subject,status,opened_at\n"
    send("tickets", f"{header}t,a,T,open,2024-01-01\n")
    created = 0
    for name, kind in KINDS.items():
        tried = [one for one in tries(kind) if one.inside]
        header_names = header_of(kind, tried)
        rows = [[one.row.get(column, "") for column in header_names] for one in tried]
        created += send(name, text(header_names, rows))[0]
    assert created > 200
    begun = time.monotonic()
    excluded = nightly.run(tenant=committed_acme, day=DAY, by_hand=True)
    print(f"\n{created} rows, a night of {time.monotonic() - begun:.0f} s, excluded: {excluded}")
    # Each of them fits; all that one account pays may not.
    assert {row.code for row in excluded} <= {"too_much_a_month"}
    assert Night.objects.get(day=DAY).excluded_rows == excluded
    known = Account.objects.known_on(DAY).count()
    assert AccountNow.objects.filter(day=DAY).count() == known
