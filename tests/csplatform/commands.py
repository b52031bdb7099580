"""Commands of manage.py, in a process of their own and with the settings of the product."""

import os
import subprocess
import sys

from tests.csplatform.supervisors import ROOT


def manage(
    *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "csplatform.settings"} | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )
