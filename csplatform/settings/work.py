"""Broker, cache, tasks, and the patience with what nights and jobs do."""

from kombu import Queue as KombuQueue

from csplatform.settings.environment import embedded, env

# One Redis or Valkey for both
BROKER_URL = env.str("BROKER_URL", default="") or embedded("broker_url")
CACHES = {
    "default": {
        "BACKEND": "csplatform.caching.Cache",
        "LOCATION": env.str("CACHE_URL", default=BROKER_URL or "redis://127.0.0.1:1/0"),
        # Two tenants with the same key must never meet.
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key",
    }
}

# The longest task may run for an hour; the broker hands a lost one out again only after that.
# What matters more is the ledger in PostgreSQL: it finds stopped nights within two minutes.
CELERY_BROKER_URL = BROKER_URL or "redis://127.0.0.1:1/0"
CELERY_TASK_TIME_LIMIT = 3600
CELERY_TASK_SOFT_TIME_LIMIT = 3540
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3700,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 5,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
# What a person waits for never waits behind long work, and neither behind nights. A worker that is
# started without -Q serves all of them. Ticks are run by beat itself (csplatform.celery); what is
# sent by hand goes to Celery's own queue.
CELERY_TASK_QUEUES = [KombuQueue(name) for name in ("interactive", "jobs", "nights", "celery")]
CELERY_BEAT_SCHEDULER = "csplatform.celery.Timetable"
# Of one tenant: jobs that run at once in a queue, and jobs that may wait.
JOBS_RUNNING_PER_TENANT = env.int("JOBS_RUNNING_PER_TENANT", default=1)
JOBS_WAITING_PER_TENANT = env.int("JOBS_WAITING_PER_TENANT", default=200)
# The trial of a larger file takes its turn among the long jobs.
INTERACTIVE_LARGEST_FILE = env.int("INTERACTIVE_LARGEST_FILE", default=5 * 1024 * 1024)
NIGHT_TICK_SECONDS = env.int("NIGHT_TICK_SECONDS", default=60)
# Between two signs of life of whoever runs a night, and the silence that means: it is gone.
NIGHT_BEAT_SECONDS = env.float("NIGHT_BEAT_SECONDS", default=5)
NIGHT_STOPPED_AFTER_SECONDS = env.float("NIGHT_STOPPED_AFTER_SECONDS", default=60)
# Waiting that means: the broker has lost it.
NIGHT_QUEUED_AGAIN_SECONDS = env.float("NIGHT_QUEUED_AGAIN_SECONDS", default=180)
# A night that has been due for longer makes /readyz fail.
READY_OLDEST_RUN_SECONDS = env.int("READY_OLDEST_RUN_SECONDS", default=6 * 3600)
# How long the figures after an import wait for more imports of the same burst; 0: for the night.
SHORT_NIGHT_AFTER_SECONDS = env.float("SHORT_NIGHT_AFTER_SECONDS", default=10)
# The same of jobs: their signs of life also say how far they are.
JOB_BEAT_SECONDS = env.float("JOB_BEAT_SECONDS", default=1)
JOB_STOPPED_AFTER_SECONDS = env.float("JOB_STOPPED_AFTER_SECONDS", default=60)
CELERY_BEAT_SCHEDULE = {
    "job-tick": {"task": "accounts.tick", "schedule": NIGHT_TICK_SECONDS},
    "night-tick": {"task": "metrics.tick", "schedule": NIGHT_TICK_SECONDS},
}
