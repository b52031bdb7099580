"""Every text is there in every language, whole and with its placeholders."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).parent.parent
FORMS = {"ar": 6, "fa": 2, "pl": 4}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")

languages = pytest.mark.parametrize("language", FORMS)


def catalogue(language: str, root: Path = ROOT) -> polib.POFile:
    return polib.pofile(root / "locale" / language / "LC_MESSAGES" / "django.po")


@languages
def test_every_text_is_translated_and_none_is_doubtful(language: str) -> None:
    texts = catalogue(language)
    assert len(texts) > 300
    assert [entry.msgid for entry in texts if not entry.translated()] == []
    assert [entry.msgid for entry in texts if entry.fuzzy] == []


@languages
def test_placeholders_are_the_same_in_both(language: str) -> None:
    for entry in catalogue(language):
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text:
                assert sorted(PLACEHOLDER.findall(text)) == sorted(
                    PLACEHOLDER.findall(entry.msgid)
                ), entry.msgid


@languages
def test_every_plural_form_is_there(language: str) -> None:
    for entry in catalogue(language):
        if entry.msgid_plural:
            assert len([form for form in entry.msgstr_plural.values() if form]) == FORMS[language]


def test_persian_is_written_with_persian_letters() -> None:
    for entry in catalogue("fa"):
        assert not re.search("[يك]", entry.msgstr), entry.msgstr


@pytest.mark.parametrize("language", ["ar", "fa"])
def test_sentences_end_with_their_own_question_mark(language: str) -> None:
    for entry in catalogue(language):
        assert "?" not in entry.msgstr, entry.msgstr


@pytest.mark.skipif(not shutil.which("xgettext"), reason="LEFT OUT: no GNU gettext here")
def test_no_text_is_missing_from_the_catalogues(tmp_path: Path) -> None:
    """Collected anew from a copy of the sources, the texts are those that are translated."""
    ignored = shutil.ignore_patterns(".*", "var", "tests", "__pycache__", "vendor", "data")
    copy = tmp_path / "copy"
    shutil.copytree(ROOT, copy, ignore=ignored)
    for stale in copy.glob("locale/*/LC_MESSAGES/*.po"):
        stale.unlink()
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "-l", "fa", "-v0"],
        cwd=copy,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "csplatform.settings"},
        check=True,
        capture_output=True,
    )
    collected = {entry.msgid for entry in catalogue("fa", copy)}
    for language in FORMS:
        assert {entry.msgid for entry in catalogue(language)} == collected, language
