"""An import undone leaves every table as it was, and nobody's later work is lost."""

import re
from typing import Any

import pghistory
import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from accounts.imports.undoing import undo
from accounts.models import Account, Contact, Import, Subscription
from surveys.models import Survey
from tests.accounts.files import Sending
from tests.conftest import client_of
from usage.models import Event

pytestmark = pytest.mark.django_db

ACCOUNTS = "external_id,name,segment,seats,attr.city\na,Ant,Small,3,Oslo\nb,Bee,Large,,\n"
RESPONSES = (
    "external_id,survey,kind,score,account_external_id,answered_at\n"
    "r1,pulse,nps,9,a,2024-05-01T10:00:00Z\n"
)


def dump() -> dict[str, list[Any]]:
    """Every fact that is kept, table by table."""
    facts = [
        model
        for model in apps.get_models()
        if model._meta.app_label in ("accounts", "usage", "surveys")
        and not model.__name__.endswith("Event")
        and model._meta.managed
        and model._meta.model_name not in ("import", "dirtyday", "user", "apikey", "job")
    ] + [Event]
    return {model._meta.label: rows_of(model) for model in facts}


def rows_of(model: type[models.Model]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT t::text FROM {model._meta.db_table} t ORDER BY 1")
        return list(cursor.fetchall())


def undone(send: Sending, entry: Import | None = None) -> dict[str, Any]:
    return undo(entry=entry or send.entry, tenant=send.tenant)


def left(entry: Import) -> list[tuple[str, str, str]]:
    """The rows that an undoing left: model, name and reason."""
    entry.refresh_from_db()
    return [(row["model"], row["row"], row["reason"]) for row in entry.left]


def test_what_was_created_is_gone(send: Sending) -> None:
    before = dump()
    send("accounts", ACCOUNTS)
    assert undone(send) == {"restored": 0, "removed": 2, "left": 0}
    assert dump() == before


def test_what_was_changed_is_as_it_was_in_every_column(send: Sending) -> None:
    send("accounts", ACCOUNTS)
    before = dump()
    send("accounts", ACCOUNTS.replace("Ant,Small,3,Oslo", "Anteater,,9,Bergen").replace("b,", "c,"))
    assert dump() != before
    assert undone(send) == {"restored": 1, "removed": 1, "left": 0}
    assert dump() == before


def test_a_row_that_was_edited_since_is_left_and_named(send: Sending) -> None:
    send("accounts", ACCOUNTS)
    send("accounts", "external_id,name\na,Anteater\nb,Bumblebee\n")
    with pghistory.context(source="page"):
        Account.objects.filter(external_id="a").update(segment="Tiny")
    assert undone(send) == {"restored": 1, "removed": 0, "left": 1}
    names = list(Account.objects.order_by("external_id").values_list("name", "segment"))
    assert names == [("Anteater", "Tiny"), ("Bee", "Large")]
    send.entry.refresh_from_db()
    assert left(send.entry) == [("accounts.account", "a", "edited")]
    assert send.entry.undoing == {"restored": 1, "removed": 0, "left": 1}
    assert (send.entry.state, send.entry.undone_at is not None) == ("undone", True)


def test_an_account_on_which_later_facts_rest_is_left_and_named(send: Sending) -> None:
    send("accounts", ACCOUNTS)
    accounts = send.entry
    send("contacts", "external_id,account_external_id\np,a\n")
    contacts = send.entry
    assert undone(send, accounts) == {"restored": 0, "removed": 1, "left": 1}
    accounts.refresh_from_db()
    assert left(accounts) == [("accounts.account", "a", "used")]
    assert undone(send, contacts) == {"restored": 0, "removed": 1, "left": 0}
    assert Contact.objects.count() == 0


def test_events_are_taken_back_without_a_history(send: Sending) -> None:
    send("accounts", ACCOUNTS)
    header = "message_id,occurred_at,user_id,account_external_id,event\n"
    send("events", header + "m1,2024-05-01T10:00:00Z,u,a,login\n")
    before = dump()
    send("events", header + "m1,2024-05-01T10:00:00Z,u,a,login\nm2,2024-05-02,u,a,login\n")
    assert Event.objects.count() == 2
    assert undone(send) == {"restored": 0, "removed": 1, "left": 0}
    assert dump() == before


def test_a_survey_that_came_with_its_answers_goes_with_them(send: Sending) -> None:
    send("accounts", ACCOUNTS)
    before = dump()
    send("responses", RESPONSES)
    assert Survey.objects.get().imported
    assert undone(send) == {"restored": 0, "removed": 2, "left": 0}
    assert dump() == before


def test_the_days_of_an_undone_subscription_are_counted_anew(send: Sending) -> None:
    send("accounts", ACCOUNTS)
    send(
        "subscriptions",
        "external_id,account_external_id,plan,amount,interval,started_on\n"
        "s,a,Gold,10,month,2024-03-01\n",
    )
    dirty = apps.get_model("accounts", "DirtyDay")._default_manager
    dirty.all().delete()
    undone(send)
    assert Subscription.objects.count() == 0
    assert [str(one.day) for one in dirty.all()] == ["2024-03-01"]


def test_the_number_of_statements_is_the_same_for_any_number_of_rows(send: Sending) -> None:
    counted = []
    for rows in (5, 500):
        send("accounts", "external_id,name\n" + "".join(f"{rows}-{n},x\n" for n in range(rows)))
        with CaptureQueriesContext(connection) as captured:
            assert undone(send)["removed"] == rows
        counted.append(len(captured))
    assert counted[0] == counted[1]


def test_an_import_is_undone_once_however_often_it_is_asked_for(send: Sending) -> None:
    send("accounts", ACCOUNTS)
    send("accounts", ACCOUNTS.replace("Ant", "Anteater"))
    assert undone(send)["restored"] == 1
    assert undone(send) == {"restored": 0, "removed": 0, "left": 0}
    send.entry.refresh_from_db()
    assert (send.entry.state, send.entry.left) == ("undone", [])


PARENT = "external_id,name,parent_external_id\n"
TICKET = "external_id,account_external_id,contact_external_id,subject,status,opened_at\n"
ANSWER = "external_id,survey,kind,score,account_external_id,contact_external_id,answered_at\n"
ACTIVITY = "external_id,account_external_id,contact_external_id,kind,at\n"
MERGED = "external_id,account_external_id,subject,status,opened_at,merged_into\n"
CONTACTS = "external_id,account_external_id\np,a\n"
# What is undone, what came to point to it by a reference that may be empty, and what is named.
LOOSENED = {
    "a parent": ("accounts", PARENT + "up,Up,\n", "accounts", PARENT + "b,Bee,up\n", "up"),
    "who wrote a ticket": (
        *("contacts", CONTACTS),
        *("tickets", TICKET + "t,a,p,S,open,2024-01-01\n", "p"),
    ),
    "who answered": (
        *("contacts", CONTACTS),
        *("responses", ANSWER + "r,pulse,nps,9,a,p,2024-01-01\n", "p"),
    ),
    "who was there": (
        *("contacts", CONTACTS),
        *("activities", ACTIVITY + "n,a,p,call,2024-01-01\n", "p"),
    ),
    "whose answer": (
        *("accounts", PARENT + "up,Up,\n"),
        *("responses", ANSWER + "r,pulse,nps,9,up,,2024-01-01\n", "up"),
    ),
    "whose visit": (
        *("accounts", PARENT + "up,Up,\n", "funnel"),
        "visitor_id,goal,stage,occurred_at,account_external_id\nv,buy,lead,2024-01-01,up\n",
        "up",
    ),
    "a merged ticket": (
        *("tickets", TICKET + "t,a,,S,open,2024-01-01\n", "tickets"),
        *(MERGED + "m,a,S,closed,2024-01-01,t\n", "t"),
    ),
}


@pytest.mark.parametrize("name", LOOSENED)
def test_no_reference_of_anothers_row_is_loosened(send: Sending, name: str) -> None:
    kind, file, other, other_file, named = LOOSENED[name]
    send("accounts", ACCOUNTS)
    send(kind, file)
    first = send.entry
    assert send(other, other_file)[3] == 0, send.faults
    before = dump()
    assert undone(send, first) == {"restored": 0, "removed": 0, "left": 1}
    assert [(row, reason) for _model, row, reason in left(first)] == [(named, "used")]
    assert dump() == before


def test_parents_and_children_of_one_file_go_together(send: Sending) -> None:
    before = dump()
    send("accounts", PARENT + "c,C,b\nb,B,a\na,A,\n")
    assert undone(send) == {"restored": 0, "removed": 3, "left": 0}
    assert dump() == before


def test_what_a_row_that_stays_points_to_stays_with_it(send: Sending) -> None:
    send("accounts", PARENT + "c,C,b\nb,B,a\na,A,\nd,D,\n")
    family = send.entry
    send("contacts", "external_id,account_external_id\np,c\n")
    assert undone(send, family) == {"restored": 0, "removed": 1, "left": 3}
    assert {row for _model, row, _reason in left(family)} == {"a", "b", "c"}


def test_a_parent_that_came_with_a_change_of_another_row_goes(send: Sending) -> None:
    send("accounts", ACCOUNTS)
    before = dump()
    send("accounts", PARENT + "up,Up,\na,Ant,up\n")
    assert undone(send) == {"restored": 1, "removed": 1, "left": 0}
    assert dump() == before


def test_a_row_whose_place_before_is_gone_is_left_and_named(send: Sending) -> None:
    send("accounts", ACCOUNTS)
    send("contacts", CONTACTS)
    send("contacts", CONTACTS.replace("p,a", "p,b"))
    moved = send.entry
    Account.objects.filter(external_id="a").delete()
    assert undone(send, moved) == {"restored": 0, "removed": 0, "left": 1}
    assert left(moved) == [("accounts.contact", "p", "lost")]


def test_the_page_of_an_undone_import_says_what_is_true_now(send: Sending) -> None:
    send("accounts", ACCOUNTS)
    accounts = send.entry
    send("contacts", "external_id,account_external_id\np,a\n")
    undone(send, accounts)
    left = Account.objects.get()
    page = client_of("alice@acme.test").get(f"/data/imports/{accounts.pk}/").content.decode()
    figures = re.findall(r"<span>([^<]+)</span><span class=.value.>([^<]+)</span>", page)
    assert figures == [("removed", "1"), ("restored", "0"), ("left as they are", "1")]
    assert "except for the rows that are listed below" in page
    assert "what it created is gone" not in page
    assert f'<a href="/data/rows/accounts/{left.pk}/"><bdi>a</bdi></a>' in page
    assert "Import another file" in page
