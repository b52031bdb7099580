"""Files made to exhaust whoever reads them: refused at once, in little memory."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

import pytest

from tests.accounts.reading import sheet
from tests.accounts.test_workbook_hazards import HEADER, book
from tests.databases import ROOT

MEGABYTE = 1_000_000
MOST_SECONDS, MOST_MEGABYTES = 5, 100
SHEET = "xl/worksheets/sheet1.xml"
START = b'<worksheet><sheetData><row r="1"><c t="inlineStr"><is><t>external_id</t></is></c></row>'
NOISE = bytes(Random(1).choices(b"abcdefghijklmnopqrstuvwxyz0123456789", k=300_000))
IN_A_PROCESS = """
import django, json, pathlib, sys, time; django.setup()
from accounts.imports.kinds import KINDS
from accounts.imports.reading import sheet_of
from accounts.imports.refusals import ImportFileError
def peak():
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
with open(sys.argv[1], "rb") as source:
    before, begun, rows, refused = peak(), time.process_time(), 0, ""
    try:
        for row in sheet_of(kind=KINDS["accounts"], source=source).rows():
            rows += 1
    except ImportFileError as problem:
        refused = str(problem)
print(json.dumps([time.process_time() - begun, peak() - before, rows, refused]))
"""


def cost(file: Path) -> tuple[float, float, int, str]:
    """Seconds and megabytes that reading a file takes; its rows, and why it was refused."""
    done = subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS, str(file)],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seconds, megabytes, rows, refused = json.loads(done.stdout)
    return seconds, megabytes, rows, refused


def write_workbook(file: Path, part: str, pieces: Iterable[bytes]) -> None:
    """A good workbook, but for one part."""
    good = file.with_suffix(".good")
    good.write_bytes(book([HEADER, ["a", "Ant", ""]]))
    with (
        zipfile.ZipFile(good) as before,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as after,
    ):
        for name in {*before.namelist(), part} - {part}:
            after.writestr(name, before.read(name))
        with after.open(part, "w") as written:
            for piece in pieces:
                written.write(piece)


def cell(*pieces: bytes) -> Iterator[bytes]:
    yield START + b'<row><c t="inlineStr"><is><t>'
    yield from pieces


HAZARDS = {
    "blanks": (SHEET, [START, *[b" " * MEGABYTE] * 280]),
    "one cell": (SHEET, [*cell(*[b"x" * MEGABYTE] * 250)]),
    "one cell of noise": (SHEET, [*cell(*[NOISE] * 700)]),
    "a comment": (SHEET, [START, b"<!--", *[NOISE.replace(b"a", b"<")] * 700]),
    "an attribute": (SHEET, [START, b'<row x="', *[NOISE] * 700]),
    "one cell in runs": (SHEET, [*cell(*[NOISE[:60_000] + b"</t><t>"] * 3500)]),
    "cells without a value": (SHEET, [START, *[b"<row>" + b"<c/>" * 16_000 + b"</row>"] * 1000]),
    "styles": ("xl/styles.xml", [b"<styleSheet>", *[b"<x>" + NOISE + b"</x>"] * 700, b"<"]),
}


@pytest.mark.parametrize(("part", "pieces"), HAZARDS.values(), ids=HAZARDS)
def test_a_workbook_that_unpacks_to_hundreds_of_megabytes_is_refused_at_once(
    tmp_path: Path, part: str, pieces: list[bytes]
) -> None:
    file = tmp_path / "book.xlsx"
    write_workbook(file, part, pieces)
    seconds, megabytes, rows, refused = cost(file)
    sys.stderr.write(f"\n{seconds:.1f} s, {megabytes:+.0f} MB: {refused}\n")
    assert seconds < MOST_SECONDS
    assert megabytes < MOST_MEGABYTES
    assert refused or rows == 1  # styles are looked at where a cell has one


def test_shared_texts_are_not_kept_in_memory(tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    write_workbook(
        file,
        "xl/sharedStrings.xml",
        [
            b"<sst>",
            *[b"<si><t>%s</t></si>" % NOISE[n : n + 40] for n in range(250_000)] * 12,
            b"</sst>",
        ],
    )
    assert cost(file)[1] < MOST_MEGABYTES


def test_hundreds_of_thousands_of_lone_quotation_marks_are_refused_at_once(tmp_path: Path) -> None:
    file = tmp_path / "book.csv"
    with file.open("w") as written:
        written.write("external_id,name\n")
        written.writelines(f'r{number},"x\n' for number in range(700_000))
    seconds, megabytes, _rows, refused = cost(file)
    assert refused.startswith("In most rows the quotation marks do not fit together")
    assert seconds < MOST_SECONDS
    assert megabytes < MOST_MEGABYTES


def test_a_line_of_hundreds_of_megabytes_is_one_reject(tmp_path: Path) -> None:
    file = tmp_path / "book.csv"
    with file.open("wb") as written:
        written.write(b"external_id,name\na,")
        for _piece in range(300):
            written.write(b"x" * MEGABYTE)
        written.write(b"\nb,Bee\n")
    seconds, megabytes, rows, refused = cost(file)
    assert (rows, refused) == (2, "")
    assert seconds < MOST_SECONDS
    assert megabytes < MOST_MEGABYTES


def test_a_lone_quotation_mark_refuses_its_row_alone_however_much_follows() -> None:
    text = 'external_id,name\na,"Ant\n' + "r,Row\n" * 1_500_000 + "b,Bee\n"
    found = [row for row in sheet(text).rows() if row.problem or row.cells[0] == "b"]
    assert [(row.line, row.problem) for row in found] == [(2, "quote"), (1_500_003, "")]
