"""Days and moments as people write them: read where there is one reading, never guessed."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from accounts.imports.kinds import KINDS
from accounts.imports.options import ImportOptions
from accounts.imports.refusals import Ambiguous, ImportFileError
from accounts.models import Account
from tests.accounts.files import Sending

pytestmark = pytest.mark.django_db


def days(send: Sending, *cells: str, **options: Any) -> list[date | None]:
    """What accounts with these cells were created on; None where the cell was refused."""
    rows = "".join(f'a{n},N,"{cell}"\n' for n, cell in enumerate(cells))
    send("accounts", "external_id,name,created_on\n" + rows, options=ImportOptions(**options))
    found = dict(Account.objects.values_list("external_id", "created_on"))
    return [found.get(f"a{n}") for n in range(len(cells))]


@pytest.mark.parametrize(
    "cell",
    [
        "2025-01-31",
        "2025-01-31 14:05",
        "2025-01-31T14:05:00",
        "2025-01-31 14:05:00.123456",
        "2025-01-31T10:05:00Z",
        "2025-01-31 10:05:00 UTC",
        "2025-01-31T14:05:00+01:00",
        "2025/01/31",
        "2025.01.31",
        "2025-1-31",
        "20250131",
        "31.01.2025",
        "31/1/2025",
        "31-01-2025 14:05",
        "1/31/2025",
        "01/31/2025 2:05 PM",
        "31-Jan-2025",
        "31 January 2025",
        "Jan 31, 2025",
        "31 stycznia 2025",
        "۲۰۲۵-۰۱-۳۱",
        "٢٠٢٥/٠١/٣١",
        "1403-11-12",
        "۱۴۰۳/۱۱/۱۲",
        "12/11/1403",
    ],
)
def test_a_day_that_leaves_one_reading_is_read(send: Sending, cell: str) -> None:
    last = "13/11/1403" if "/1403" in cell else cell
    assert days(send, cell, last)[0] == date(2025, 1, 31)


@pytest.mark.parametrize(
    "cell",
    [
        "2025-02-30",
        "31.02.2025",
        "31/13/2025",
        "1/31/25",
        "25:00",
        "1404-12-30",
        "2025-01-31 25:00",
    ],
)
def test_a_day_that_cannot_be_is_rejected_as_it_was_sent(send: Sending, cell: str) -> None:
    assert days(send, cell) == [None]
    assert [(one.code, one.value) for one in send.rejects] == [("date", cell)]


def test_a_time_in_a_column_of_days_is_the_day_in_the_tenants_zone(send: Sending) -> None:
    send.tenant.timezone = "Europe/Warsaw"
    assert days(send, "2024-01-31T23:30:00Z", "2024-01-31 23:30") == [
        date(2024, 2, 1),
        date(2024, 1, 31),
    ]


def test_the_header_may_say_that_times_are_in_utc(send: Sending) -> None:
    send.tenant.timezone = "Europe/Warsaw"
    file = "external_id,name,Created (UTC)\na,A,2024-01-31 23:30\n"
    send("accounts", file, mapping={"Created (UTC)": "created_on"})
    assert Account.objects.get().created_on == date(2024, 2, 1)
    assert send.assumptions == ["Times in UTC, by their headers: “Created (UTC)”."]


def test_one_day_above_twelve_decides_for_the_whole_file_and_is_said(send: Sending) -> None:
    assert days(send, "03/04/2025", "31/01/2025") == [date(2025, 4, 3), date(2025, 1, 31)]
    assert send.assumptions == ["Dates: day first, as in “31/01/2025”."]


def test_where_dots_are_written_the_day_stands_first(send: Sending) -> None:
    found = days(send, "03.04.2025", "3.5.2025 10:00", "2025-01-31")
    assert found == [date(2025, 4, 3), date(2025, 5, 3), date(2025, 1, 31)]
    assert send.assumptions == ["Dates: day first, as in “03.04.2025”."]
    assert days(send, "03.04.2025", date_format="mdy") == [date(2025, 3, 4)]


def test_dots_do_not_decide_for_dates_with_strokes(send: Sending) -> None:
    with pytest.raises(Ambiguous, match="month first: line 3 ") as refused:
        days(send, "03.04.2025", "05/06/2025")
    assert refused.value.option == "date_format"


@pytest.mark.parametrize("cell", ["03/04/2025", "3/4/2025", "03-04-2025", "03/04/2025 10:00"])
def test_day_or_month_is_never_guessed(send: Sending, cell: str) -> None:
    with pytest.raises(Ambiguous) as refused:
        days(send, cell)
    assert refused.value.option == "date_format"
    assert refused.value.choices == ("dmy", "mdy")
    assert f"line 2 (“{cell}”)" in str(refused.value)
    assert not Account.objects.exists()


@pytest.mark.parametrize(("order", "day"), [("dmy", date(2025, 4, 3)), ("mdy", date(2025, 3, 4))])
def test_the_sender_decides(send: Sending, order: str, day: date) -> None:
    assert days(send, "03/04/2025", date_format=order) == [day]


def test_the_same_number_twice_is_no_question(send: Sending) -> None:
    assert days(send, "05/05/2025") == [date(2025, 5, 5)]


def test_days_and_months_that_are_mixed_refuse_the_file_with_their_lines(send: Sending) -> None:
    with pytest.raises(ImportFileError) as refused:
        days(send, "31/01/2025", "01/31/2025", "03/04/2025")
    assert "line 2 (“31/01/2025”)" in str(refused.value)
    assert "line 3 (“01/31/2025”)" in str(refused.value)
    assert not Account.objects.exists()


def test_once_the_order_is_said_the_others_are_rejected_one_by_one(send: Sending) -> None:
    result = days(send, "31/01/2025", "01/31/2025", date_format="dmy")
    assert result == [date(2025, 1, 31), None]


def test_a_moment_is_in_the_tenants_zone_unless_it_says_another(send: Sending) -> None:
    send("accounts", "external_id,name\na,A\n")
    send.tenant.timezone = "Europe/Warsaw"
    file = (
        "external_id,account_external_id,kind,at\nm1,a,Note,31/01/2025 14:05\n"
        "m2,a,CALL,1/31/2025 2:05 PM\n"
    )
    with pytest.raises(ImportFileError):
        send("activities", file)
    send("activities", file.replace("1/31/2025", "31.1.2025"))
    found = dict(KINDS["activities"].objects().values_list("kind", "at"))
    moment = datetime(2025, 1, 31, 13, 5, tzinfo=UTC)
    assert found == {"note": moment, "call": moment}
