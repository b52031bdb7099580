"""The installation: its key and hosts, databases, apps, templates, languages, files and log."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from pgtrigger.core import Statement

from csplatform.settings.environment import BASE_DIR, DATA, embedded, env, secret_key

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
TENANT_LIMIT_SET_CALLS = False  # remembering what was set has leaked rows (tenants.backend)
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
    "csplatform.web.permissions.PermissionMiddleware",
    "csplatform.web.problems.DataErrorMiddleware",
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
    "staticfiles": {"BACKEND": "csplatform.web.static_files.StaticFilesStorage"},
}
MEDIA_ROOT = DATA / "media"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # A line for each request that waits for a thread says nothing when many come at once.
    "loggers": {"waitress.queue": {"level": "ERROR"}},
}
