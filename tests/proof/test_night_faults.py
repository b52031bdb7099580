"""Whatever is killed in the middle of a night, it ends by itself, with the same rows."""

import time
from collections.abc import Callable, Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.csplatform.supervisors import own_folder
from tests.csplatform.supervisors import wait_for as wait_until
from tests.proof.sites import IMPATIENT, STAGES, Site, forget_the_night, rows_of, site

TEN_MINUTES = 600
ALWAYS_FAILS = """
CREATE FUNCTION acme.never() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN RAISE check_violation USING MESSAGE = 'this never fits'; END$$;
CREATE TRIGGER never BEFORE INSERT ON acme.metrics_kpisnapshot
    FOR EACH ROW EXECUTE FUNCTION acme.never();
"""


@pytest.fixture(scope="module")
def impatient(django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    """A site with short patience, whose first nights nobody disturbed."""
    with own_folder() as folder, site(folder, IMPATIENT, django_db_blocker) as quick:
        for slug in ("acme", "globex"):
            quick.until_done(slug, seconds=240)
            quick.expected[slug] = rows_of(slug)
        assert quick.run_of("acme") == ("done", "", 1, 0)
        assert quick.expected["acme"] == quick.expected["globex"]
        yield quick


FAULTS: dict[str, Callable[[Site], None]] = {
    "worker killed": Site.kill_the_worker,
    "PostgreSQL killed, broker emptied": Site.kill_postgresql_and_empty_the_broker,
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("stage", STAGES)
def test_a_night_that_is_hurt_in_any_stage_ends_by_itself_with_the_same_rows(
    impatient: Site, stage: str, fault: str
) -> None:
    forget_the_night()
    begun = time.monotonic()
    with impatient.held_in(stage):
        impatient.do("DELETE FROM tenants_nightrun")
        said = ("running", "snapshot" if stage == "commit" else stage, 1, 0)
        # What an earlier night left behind may wait for us too: its run is not the one meant.
        wait_until(
            lambda: impatient.run_of("acme") == said and impatient.waits_for_us(),
            seconds=240,
            describe=lambda: str(impatient.run_of("acme")),
        )
        FAULTS[fault](impatient)
    impatient.until_done(seconds=TEN_MINUTES)
    assert time.monotonic() - begun < TEN_MINUTES
    assert impatient.run_of("acme")[2] >= 2
    assert rows_of("acme") == impatient.expected["acme"]


def test_a_night_that_always_fails_is_parked_and_stops_no_other(impatient: Site) -> None:
    impatient.do(ALWAYS_FAILS)
    impatient.do("DELETE FROM tenants_nightrun")
    wait_until(lambda: impatient.run_of("acme")[0] == "parked", seconds=240)
    impatient.until_done("globex", seconds=240)
    assert impatient.run_of("acme") == ("parked", "snapshot", 3, 3)
    log = impatient.log("worker").read_text()
    assert log.count("csplatform.alerts night parked tenant=") == 1
    assert "stage=snapshot error=IntegrityError: this never fits" in log
    assert rows_of("acme") == impatient.expected["acme"]
    assert rows_of("globex") == impatient.expected["globex"]
    impatient.do("DROP FUNCTION acme.never() CASCADE")
