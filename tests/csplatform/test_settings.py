"""What can be set is written down for whoever sets it."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_every_setting_from_the_environment_stands_in_the_example() -> None:
    code = [file.read_text() for file in (ROOT / "csplatform/settings").glob("*.py")]
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', "\n".join(code)))
    assert len(read) > 20
    example = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read - example - {"EMAIL_URL"} == set()
