"""Settings. Everything that differs between machines comes from the environment (.env.example)."""

import django_stubs_ext

django_stubs_ext.monkeypatch()  # before any model: admins and forms name the type of their rows

from csplatform.settings.base import *  # noqa: E402, F403
from csplatform.settings.environment import *  # noqa: E402, F403
from csplatform.settings.people import *  # noqa: E402, F403
from csplatform.settings.web import *  # noqa: E402, F403
from csplatform.settings.work import *  # noqa: E402, F403
