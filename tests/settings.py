"""The product's settings, with what makes tests quick and apart from each other."""

import tempfile
from pathlib import Path

from csplatform.settings import *  # noqa: F403
from csplatform.settings import DATABASES, STORAGES

for _alias in DATABASES.values():
    # Databases are cloned and dropped all the time: a kept connection would stand in the way.
    _alias["CONN_MAX_AGE"] = 0

# Every clone of the template database has the same grants, so all of them share its roles.
TENANT_ROLE_PREFIX = "cstest"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}

# Static files and those that tests upload: folders for each process, gone with it.
_static = tempfile.TemporaryDirectory(prefix="cstest-static-")
STATIC_ROOT = Path(_static.name)  # nothing is collected for tests; a folder that is not there warns
_media = tempfile.TemporaryDirectory(prefix="cstest-media-")
MEDIA_ROOT = Path(_media.name)
