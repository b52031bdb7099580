"""With the settings of every day, a night whose worker is killed ends by itself in minutes."""

import sys
import time

from pytest_django.plugin import DjangoDbBlocker

from tests.csplatform.supervisors import own_folder
from tests.csplatform.supervisors import wait_for as wait_until
from tests.proof.sites import rows_of, site

TEN_MINUTES = 600


def test_with_the_settings_of_every_day_a_killed_worker_costs_minutes(
    django_db_blocker: DjangoDbBlocker,
) -> None:
    with own_folder() as folder, site(folder, {}, django_db_blocker) as patient:
        with patient.held_in("health"):
            wait_until(
                lambda: (
                    patient.run_of("acme") == ("running", "health", 1, 0) and patient.waits_for_us()
                ),
                seconds=240,
            )
            killed = time.monotonic()
            patient.kill_the_worker()
        patient.until_done(seconds=TEN_MINUTES)
        sys.stderr.write(f"\nA killed worker cost {time.monotonic() - killed:.0f} s.\n")
        assert patient.run_of("acme")[2:] == (2, 0)
        # Nobody disturbed the other tenant, which has the same book.
        patient.until_done("globex", seconds=TEN_MINUTES)
        assert rows_of("acme") == rows_of("globex")
