"""Checks at start-up: a key that others can know or guess signs nobody's session."""

from collections.abc import Iterator

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

SHORTEST = 50
FEWEST_CHARACTERS = 10
UNSET = "unset"
GENERATED_BY_DJANGO = "django-insecure-"
PUBLISHED = "an-example-that-everybody-can-read-and-that-is-refused-for-this-reason"
HINT = (
    "Set SECRET_KEY to the output of: python3 -c 'import secrets; print(secrets.token_urlsafe(64))'"
    " With the embedded servers there is nothing to set: start them first (make run), and give"
    " DATA in this shell too when they have another data folder than var."
)


@register(Tags.security)
def check_secret_keys(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """An error for each secret key, former keys included, that may not sign anything."""
    keys = {"SECRET_KEY": settings.SECRET_KEY}
    for number, former in enumerate(settings.SECRET_KEY_FALLBACKS, start=1):
        keys[f"SECRET_KEY_FALLBACKS, key {number},"] = former
    return [error for name, key in keys.items() for error in _errors(name, str(key))]


def _errors(name: str, key: str) -> Iterator[Error]:
    """What is wrong with one key; one that is not there has no further faults."""
    if key.strip() in ("", UNSET):
        yield Error(f"{name} is not set.", hint=HINT, id="csplatform.E001")
        return
    if len(key) < SHORTEST:
        message = f"{name} is shorter than {SHORTEST} characters."
        yield Error(message, hint=HINT, id="csplatform.E002")
    if len(set(key)) < FEWEST_CHARACTERS:
        message = f"{name} has fewer than {FEWEST_CHARACTERS} different characters."
        yield Error(message, hint=HINT, id="csplatform.E003")
    if key.startswith(GENERATED_BY_DJANGO):
        message = f"{name} begins with “{GENERATED_BY_DJANGO}”: it was made for development."
        yield Error(message, hint=HINT, id="csplatform.E004")
    if key == PUBLISHED:
        message = f"{name} is the published example of .env.example."
        yield Error(message, hint=HINT, id="csplatform.E005")


def refuse_to_serve() -> None:
    """Raise ImproperlyConfigured, in one line, unless everything that is signed can be trusted."""
    errors = check_secret_keys(None)
    if errors:
        raise ImproperlyConfigured(f"{' '.join(str(error.msg) for error in errors)} {HINT}")
