"""What browsers are given: both directions from one sheet, nothing inline, nothing unnamed."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted(ROOT.glob("templates/**/*.html"))
VENDORED = sorted(path.name for path in ROOT.glob("static/vendor/*") if path.is_dir())
INLINE = re.compile(
    r"\sstyle=|\son\w+=|<style(?! nonce=)|<script(?![^>]*\s(?:src|nonce)=)"
    r"|javascript:|\|safe\b|autoescape off"
)
PHYSICAL = re.compile(
    r"(?:margin|padding|border)-(?:left|right)|text-align:\s*(?:left|right)|float\s*:"
    r"|(?:^|[\s;{])(?:left|right)\s*:"
)


def test_our_style_sheet_knows_no_left_and_right() -> None:
    assert PHYSICAL.findall((ROOT / "static" / "app.css").read_text()) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_nothing_inline_that_our_policy_would_stop(template: Path) -> None:
    assert INLINE.findall(template.read_text()) == []


def test_every_vendored_folder_is_named_with_its_licence() -> None:
    named = (ROOT / "static" / "vendor" / "README.md").read_text()
    assert VENDORED
    assert [folder for folder in VENDORED if f"`{folder}`" not in named] == []
