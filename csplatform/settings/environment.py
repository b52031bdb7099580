"""Where settings come from: the environment, `.env`, and what the embedded servers wrote down."""

import json
from contextlib import suppress
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parents[2]
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
