"""Word to the workers. What is to be done stands in PostgreSQL; this only makes it sooner.

Nobody who waits for an answer may wait for the broker: patience is short, and once it was away
this process leaves it alone for a while. The next tick says again what was not heard.
"""

import logging
import time

from celery import current_app

PATIENCE = 1.0  # seconds for a connection and for an answer
PAUSE = 10.0  # seconds until an absent broker is tried again
EXPIRES = 300  # seconds: who has not come by then is called anew
OPTIONS = {
    "socket_connect_timeout": PATIENCE,
    "socket_timeout": PATIENCE,
    "max_retries": 1,
    "interval_start": 0,
}
log = logging.getLogger(__name__)


class Absence:
    """Until when this process does without the broker."""

    until = 0.0


def wake(task: str, *, queue: str, countdown: float = 0, **arguments: object) -> None:
    """Ask a worker of a queue to run a task, in `countdown` seconds; in vain without the broker."""
    if time.monotonic() < Absence.until:
        return
    try:
        with current_app.connection_for_write(
            connect_timeout=PATIENCE,
            transport_options={**current_app.conf.broker_transport_options, **OPTIONS},
        ) as connection:
            current_app.send_task(
                task,
                kwargs=arguments,
                queue=queue,
                countdown=countdown or None,
                expires=EXPIRES + countdown,
                connection=connection,
                retry=False,
            )
    except Exception as problem:
        log.warning("%s waits for a tick: the broker is away: %s", task, problem)
        Absence.until = time.monotonic() + PAUSE
