"""Settings. Everything that differs between machines comes from the environment (.env.example)."""

import json
from contextlib import suppress
from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _
from kombu import Queue as KombuQueue
from pgtrigger.core import Statement

django_stubs_ext.monkeypatch()  # before any model: admins and forms name the type of their rows

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DATA = Path(env.str("DATA", default="var")).expanduser()
DATA = DATA if DATA.is_absolute() else BASE_DIR / DATA


def embedded(name: str) -> str:
    """An address that the embedded servers wrote down while they run, or nothing."""
    try:
        return str(json.loads((DATA / "servers.json").read_text())[name])
    except (OSError, KeyError, ValueError):
        return ""


def secret_key() -> str:
    """From the environment, or the one that the embedded servers made for this data folder.

    `csplatform.checks` refuses to serve with what is returned when there is none.
    """
    key = env.str("SECRET_KEY", default="")
    with suppress(OSError):
        key = key or (DATA / "secret_key").read_text().strip()
    return key or "unset"


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
BASE_DOMAIN = env.str("BASE_DOMAIN", default="localhost")
HTTPS = env.bool("HTTPS", default=False)
ALLOWED_HOSTS = [f".{BASE_DOMAIN}", *env.list("ALLOWED_HOSTS", default=[])]

# Databases: "default" follows the tenant; "ledger" stays in the public schema and commits at
# once, so that what a night does is seen while the night's own transaction is still open.
DATABASE_URL = env.str("DATABASE_URL", default="") or embedded("database_url")


def database(engine: str) -> dict[str, object]:
    # Without an address the port is one that no server has: the error then says what to start.
    parsed: dict[str, object] = env.db_url_config(
        DATABASE_URL or "postgresql://nobody@127.0.0.1:1/not-running"
    )
    return parsed | {"ENGINE": engine, "CONN_MAX_AGE": 120, "CONN_HEALTH_CHECKS": True}


DATABASES = {
    "default": database("tenants.backend"),
    "ledger": database("django.db.backends.postgresql"),
}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"
TENANT_LIMIT_SET_CALLS = False  # the schema is set for every cursor; caching it has leaked rows
# Database roles belong to the whole server: two installations on one need different prefixes.
TENANT_ROLE_PREFIX = env.str("TENANT_ROLE_PREFIX", default=str(DATABASES["default"]["NAME"]))
PLATFORM_SCHEMA = "platform"
PLATFORM_URLCONF = "csplatform.urls_platform"
# What a new tenant needs of the floors above `tenants`; called inside of it.
WHEN_TENANT_OPENS = [
    "accounts.rates.write_own_currency",
    "accounts.models.rules.sync_timezone",
]

# Listed once each: code that forgot its tenant finds no table and fails, instead of reading
# an empty one. Content types alone are in both, because migrations in either need them.
SHARED_APPS = [
    "tenants",
    "django_tenants",
    "django.contrib.contenttypes",
]
TENANT_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.admin",
    "allauth",
    "allauth.account",
    "pgtrigger",
    "pghistory",
    "accounts",
    "usage",
    "surveys",
    "support",
    "metrics",
]
# Of a template or a command that several apps bring, the first app's is taken: django_tenants
# has an index of the admin and a `migrate` that are not ours.
INSTALLED_APPS = [
    *TENANT_APPS,
    *[name for name in SHARED_APPS if name not in TENANT_APPS],
    "csplatform",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "rest_framework",
    "rest_framework_api_key",  # its hashing; the keys themselves are accounts.ApiKey
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
]

# History is written by triggers, a statement's rows at a time (accounts.history).
PGHISTORY_LEVEL = Statement
# `tenants.schema_objects` creates the triggers that models declare; no migration repeats them.
PGTRIGGER_MIGRATIONS = False

MIDDLEWARE = [
    "csplatform.web.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csplatform.web.no_store.NoStoreMiddleware",
    "tenants.middleware.TenantMiddleware",
    "accounts.rest.paths.ApiPathMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "accounts.middleware.AuditMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "csplatform.permissions.PermissionMiddleware",
    "csplatform.problems.DataErrorMiddleware",
]
ROOT_URLCONF = "csplatform.urls"
WSGI_APPLICATION = "csplatform.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "accounts.context.finished_jobs",
                "accounts.mail.delivery",
            ]
        },
    }
]

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"  # whatever that is on a host: the book, or the operators' admin
ACCOUNT_ADAPTER = "accounts.login.NoSignupAdapter"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.login.ResetTokenOfTheTenant"  # noqa: S105
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody can sign up, so there is nothing to write to them
ACCOUNT_EMAIL_VERIFICATION = "none"  # an admin of the tenant opens the accounts of its people
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
# Limits are kept by address: how many proxies of ours stand in front decides whose address it is.
NUM_PROXIES = env.int("NUM_PROXIES", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = NUM_PROXIES
# Mail: to the server of EMAIL_URL; without one, beside the embedded servers, into a folder.
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = DATA / "mail"
MAIL_IS_DELIVERED = bool(env.str("EMAIL_URL", default=""))
if MAIL_IS_DELIVERED:
    vars().update(env.email_url("EMAIL_URL"))
elif embedded("database_url") or embedded("broker_url"):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"no-reply@{BASE_DOMAIN}")

# Broker and cache: one Redis or Valkey
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

# What people may send
IMPORT_LARGEST_FILE = env.int("IMPORT_LARGEST_FILE", default=500 * 1024 * 1024)
API_LARGEST_BODY = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = API_LARGEST_BODY
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # larger ones go to the disk while they come

# How slow clients may be (csplatform.serving): seconds for the head of a request, seconds in which
# nothing moves, and bytes of all bodies of a process that have not come whole yet.
WEB_HEADER_SECONDS = env.float("WEB_HEADER_SECONDS", default=20)
WEB_IDLE_SECONDS = env.float("WEB_IDLE_SECONDS", default=60)
WEB_UNFINISHED_BYTES = env.int("WEB_UNFINISHED_BYTES", default=4 * IMPORT_LARGEST_FILE)

# REST
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.ApiKeyAuthentication",
        "accounts.authentication.HeaderTokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["csplatform.permissions.RolePermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["csplatform.json_bodies.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "csplatform.problems.handle",
    "NUM_PROXIES": NUM_PROXIES,
    "UNICODE_JSON": True,
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_FORMATTER_CLASS": "csplatform.problems.ProblemFormatter",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
}
SPECTACULAR_SETTINGS = {
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "csplatform.api_description.complete",
    ],
    "COMPONENT_SPLIT_REQUEST": True,
    "TITLE": "Customer success platform",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["csplatform.permissions.RolePermission"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# Languages
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ar", _("Arabic")), ("fa", _("Persian")), ("pl", _("Polish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Files
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django_tenants.files.storage.TenantFileSystemStorage"},
    "staticfiles": {"BACKEND": "csplatform.static_files.StaticFilesStorage"},
}
MEDIA_ROOT = DATA / "media"

# What the browser may do
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Without a Domain attribute a cookie stays on its tenant's host; __Host- makes browsers insist.
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 7 * 24 * 3600
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # A line for each request that waits for a thread says nothing when many come at once.
    "loggers": {"waitress.queue": {"level": "ERROR"}},
}
