"""Settings stand in the example for whoever sets them, and a deployment's pass every check."""

import re

from tests.csplatform.commands import manage
from tests.csplatform.supervisors import ROOT


def test_every_setting_from_the_environment_stands_in_the_example() -> None:
    code = [file.read_text() for file in (ROOT / "csplatform/settings").glob("*.py")]
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', "\n".join(code)))
    assert len(read) > 20
    example = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read - example - {"EMAIL_URL"} == set()


def test_a_deployment_behind_tls_passes_every_check() -> None:
    secret = "Q7-x_9" * 12 + "".join(map(chr, range(97, 123)))
    done = manage(
        *("check", "--deploy", "--fail-level", "WARNING"),
        environment={"HTTPS": "1", "DEBUG": "0", "SECRET_KEY": secret},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "System check identified no issues (0 silenced).\n"
