"""Every text is there in every language, whole and with its placeholders."""

import ast
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


GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "npgettext"}
# Nothing that is said: what a program types, and what statisticians write in every language.
NOT_TEXT = {"Authorization: Bearer …", "r =", "α =", "a =", "b ="}
NO_TEXT = re.compile(
    r"{% comment %}.*?{% endcomment %}|{% blocktranslate.*?{% endblocktranslate %}"
    r"|<script.*?</script>|<style.*?</style>|{%.*?%}|{{.*?}}|<[^>]*>|&[a-z]+;",
    re.DOTALL,
)


def calls_inside_f_strings(source: str) -> list[int]:
    """The lines on which gettext is called inside an f-string, where no tool collects its text."""
    parts = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr)]
    calls = [node for part in parts for node in ast.walk(part) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if getattr(call.func, "id", "") in GETTEXT]


def test_no_text_hides_in_an_f_string() -> None:
    assert calls_inside_f_strings("f'{x} {_(\"One.\")}'") == [1]
    packages = [package.parent for package in ROOT.glob("*/__init__.py")]
    sources = [path for package in packages for path in package.rglob("*.py")]
    found = {path.name: calls_inside_f_strings(path.read_text()) for path in sources}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_no_template_says_a_word_that_is_not_translated() -> None:
    found = {}
    for path in (ROOT / "templates").rglob("*.html"):
        texts = {text.strip() for text in re.split(r"\n|\0", NO_TEXT.sub("\0", path.read_text()))}
        words = {text.strip(" ,·") for text in texts if re.search("[A-Za-z]", text)}
        found[path.name] = words - NOT_TEXT
    assert {name: words for name, words in found.items() if words} == {}
