"""Where uploaded files are kept during a test."""

from pathlib import Path
from typing import Any


def keep_files_in(folder: Path | str, settings: Any) -> None:
    """Let the storage use this folder; `settings` is the fixture, which undoes it.

    The storage remembers the folder that it was first asked for, so it is made anew.
    """
    settings.MEDIA_ROOT = str(folder)
    settings.STORAGES = dict(settings.STORAGES)
