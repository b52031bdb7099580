"""Nobody who waits for an answer waits for the broker."""

import socket
import time
from collections.abc import Iterator

import pytest
from celery import current_app
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Job
from tenants import broker
from tenants.context import inside
from tenants.models import Due
from tests.accounts.rest import Program
from tests.product import BROKER, own_broker


@pytest.fixture(params=["closed", "silent"])
def away(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The broker is not there, or takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if request.param == "silent":
            listener.listen(50)
        place = f"redis://:password@127.0.0.1:{listener.getsockname()[1]}/0"
        monkeypatch.setattr(current_app.conf, "broker_write_url", place)
        monkeypatch.setattr(broker.Absence, "until", 0.0)
        yield


def test_word_for_a_broker_that_is_away_costs_a_moment_once(
    away: None, caplog: pytest.LogCaptureFixture
) -> None:
    begun = time.monotonic()
    for _ in range(20):
        broker.wake("nobody.hears", queue="jobs")
    assert time.monotonic() - begun < 5 * broker.PATIENCE
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.django_db(databases=["default", "ledger"], transaction=False)
def test_an_upload_is_answered_at_once_and_stands_in_the_queue(
    away: None, django_capture_on_commit_callbacks: object
) -> None:
    program, begun = Program(), time.monotonic()
    file = SimpleUploadedFile("book.csv", b"external_id,name\na,Ant\n")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        answer = program.client.post("/api/v1/imports/", {"kind": "accounts", "file": file})
    assert answer.status_code == 202
    assert time.monotonic() - begun < 10 * broker.PATIENCE
    with inside("acme"):
        job = Job.objects.get()
    waits = Due.objects.using("ledger").get()
    assert (waits.job, waits.queue, waits.heartbeat) == (job.pk, "jobs", None)


def test_word_reaches_the_queue_and_is_tried_again_after_a_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with own_broker() as number:
        monkeypatch.setattr(current_app.conf, "broker_write_url", f"{BROKER}/{number}")
        monkeypatch.setattr(broker.Absence, "until", time.monotonic() + 0.2)
        broker.wake("somebody.hears", queue="nights")
        time.sleep(0.3)
        broker.wake("somebody.hears", queue="nights")
        with current_app.connection_for_write() as connection:
            assert connection.SimpleQueue("nights").qsize() == 1
