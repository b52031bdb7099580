"""Workbooks that hide, lie or are not what they seem; and what programs leave in cells."""

import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook.protection import WorkbookProtection

from accounts.imports.refusals import Ambiguous, ImportFileError
from tests.accounts.reading import problems, rows, sheet

HEADER = ["external_id", "name", "segment"]
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def book(*sheets: list[list[Any]], change: Callable[[Any], None] | None = None) -> bytes:
    """A workbook of these sheets: First, Second, Third."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, content in zip(("First", "Second", "Third"), sheets, strict=False):
        added = made.create_sheet(name)
        for row in content:
            added.append(row)
    if change:
        change(made)
    stream = BytesIO()
    made.save(stream)
    return stream.getvalue()


def with_sheet(content: str, file: bytes = b"", part: str = "xl/worksheets/sheet1.xml") -> bytes:
    """A workbook of one sheet, with the XML of its rows, or of another part."""
    file = file or book([HEADER])
    changed = BytesIO()
    with zipfile.ZipFile(BytesIO(file)) as before, zipfile.ZipFile(changed, "w") as after:
        for one in before.infolist():
            text = before.read(one)
            after.writestr(one.filename, content.encode() if one.filename == part else text)
    return changed.getvalue()


def cells(*xml: str) -> bytes:
    """A workbook with a row of these cells under the header."""
    names = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADER)
    row = "".join(xml)
    return with_sheet(
        f'<worksheet><sheetData><row r="1">{names}</row><row r="2">{row}</row></sheetData>'
        "</worksheet>"
    )


def text_cell(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


# Sheets


def hide_first(made: Any) -> None:
    made["First"].sheet_state = "hidden"


def test_a_hidden_sheet_is_not_read_and_is_named() -> None:
    file = book([HEADER, ["h", "Hidden", ""]], [HEADER, ["v", "Visible", ""]], change=hide_first)
    assert rows(file) == [("v", "Visible", "")]
    reading = sheet(file).assumptions
    assert (reading.sheet, reading.other_sheets) == ("Second", ())
    assert reading.sentences() == ["Sheet: “Second”.", "Hidden sheets, not read: “First”."]
    assert rows(file, sheet="First") == [("h", "Hidden", "")]


def test_the_one_sheet_that_has_our_columns_is_read() -> None:
    cover, notes = [["Customers"], ["by the sales team"]], [["name", "meaning"], ["SMB", "small"]]
    file = book(cover, [HEADER, ["a", "Ant", "SMB"]], notes)
    assert rows(file) == [("a", "Ant", "SMB")]
    assert sheet(file).assumptions.other_sheets == ("First", "Third")


def test_two_sheets_that_can_be_read_are_asked_about() -> None:
    file = book([HEADER, ["a", "Ant", ""]], [HEADER, ["b", "Bee", ""]])
    with pytest.raises(Ambiguous) as refused:
        sheet(file)
    assert (refused.value.option, refused.value.choices) == ("sheet", ("First", "Second"))
    assert "--sheet" in str(refused.value)
    assert rows(file, sheet="Second") == rows(file, sheet="2") == [("b", "Bee", "")]


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(ImportFileError, match="There is no sheet “Fourth”: “First”"):
        sheet(book([HEADER]), sheet="Fourth")


def test_empty_sheets_beside_it_leave_one_reading() -> None:
    assert rows(book([], [HEADER, ["a", "Ant", ""]], [])) == [("a", "Ant", "")]
    with pytest.raises(ImportFileError, match="The file is empty"):
        sheet(book([], []))


def test_a_header_under_a_title_and_in_column_b_is_found() -> None:
    file = book([[], [None, "Customers"], [], [None, *HEADER], [None, "a", "Ant", "SMB"]])
    assert rows(file) == [("a", "Ant", "SMB")]
    assert sheet(file).assumptions.header_row == 4


def test_a_value_in_a_column_without_a_name_is_not_lost() -> None:
    file = book([["external_id", None, "name"], ["a", None, "Ant"], ["b", "x", "Bee"]])
    assert rows(file) == [("a", "Ant")]
    assert problems(file) == [(3, "external_id", "nameless", "b,x,Bee")]


def test_lines_are_numbered_as_the_spreadsheet_numbers_them() -> None:
    file = book([HEADER, ["a", "Ant", ""], [], [], ["b", "#N/A", ""]])
    assert [line for line, *_rest in problems(file)] == [5]


# Cells


def test_a_formula_that_nobody_has_worked_out_is_refused() -> None:
    file = book([HEADER, ["a", "=1+1", '=IF(1=1,"SMB","ENT")'], ["b", "Bee", "=A1"]])
    assert problems(file) == [(2, "name", "formula", "=1+1"), (3, "segment", "formula", "=A1")]


def test_a_formula_with_its_value_is_the_value() -> None:
    file = cells(
        text_cell("a"), '<c t="str"><f>x</f><v>Ant</v></c>', '<c t="str"><f>x</f><v></v></c>'
    )
    assert rows(file) == [("a", "Ant", "")]


def test_the_zero_of_a_program_that_does_not_compute_is_no_value() -> None:
    file = cells(text_cell("a"), "<c><f>x</f><v>0</v></c>", "<c><v>0</v></c>")
    assert problems(file) == [(2, "name", "formula", "=x")]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!"])
def test_an_error_is_no_name(error: str) -> None:
    file = cells(text_cell("a"), f'<c t="e"><v>{error}</v></c>', text_cell("SMB"))
    assert problems(file) == [(2, "name", "error", error)]


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("59.970000000000006", "59.97"),
        ("0.30000000000000004", "0.3"),
        ("1.1000000000000001", "1.1"),
        ("1E-7", "0.0000001"),
        ("3.0", "3"),
        ("-0", "0"),
        ("123456789012345", "123456789012345"),
        ("1.5e3", "1500"),
        ("1234567.89", "1234567.89"),
    ],
)
def test_numbers_have_the_digits_that_a_spreadsheet_shows(stored: str, read: str) -> None:
    assert rows(cells(text_cell("a"), text_cell("Ant"), f"<c><v>{stored}</v></c>")) == [
        ("a", "Ant", read)
    ]


@pytest.mark.parametrize("stored", ["123456789012345680", "1e15", "1e300"])
def test_a_number_that_has_lost_digits_is_refused(stored: str) -> None:
    file = cells(f"<c><v>{stored}</v></c>", text_cell("Ant"), "")
    assert problems(file) == [(2, "external_id", "digits", stored)]


@pytest.mark.parametrize("stored", ["1e999", "nan", "abc", "1" * 500, "1e-99999999999"])
def test_a_number_that_is_none_stops_nothing(stored: str) -> None:
    file = cells(text_cell("a"), f"<c><v>{stored}</v></c>", text_cell("SMB"))
    assert len(rows(file)) + len(problems(file)) == 1


def test_an_id_that_is_shown_with_zeros_keeps_them() -> None:
    def format_ids(made: Any) -> None:
        made["First"]["A2"].number_format = "00000"

    assert rows(book([HEADER, [123, "Ant", ""]], change=format_ids)) == [("00123", "Ant", "")]


def test_dates_count_from_1904_where_the_workbook_says_so() -> None:
    def since_1904(made: Any) -> None:
        made.epoch = CALENDAR_MAC_1904

    file = book([HEADER, ["a", date(2024, 1, 31), ""]], change=since_1904)
    assert rows(file) == [("a", "2024-01-31", "")]


def test_a_text_beyond_all_measure_refuses_its_row() -> None:
    file = cells(text_cell("a"), text_cell("x" * 70_000), text_cell("SMB"))
    assert [one[:3] for one in problems(file)] == [(2, "name", "too_large")]


def test_characters_that_xml_cannot_hold_refuse_their_row() -> None:
    assert [
        code
        for _line, _column, code, _value in problems(cells(text_cell("a"), text_cell("A_x0000_B")))
    ] == ["nul"]
    assert [
        code
        for _line, _column, code, _value in problems(cells(text_cell("a"), text_cell("A_xD800_B")))
    ] == ["bytes"]
    assert rows(cells(text_cell("a"), text_cell("A_x0041_B"))) == [("a", "AAB", "")]


# Hazards


def test_a_cell_that_is_larger_than_any_spreadsheet_holds_refuses_the_file() -> None:
    with pytest.raises(ImportFileError, match="larger than we read"):
        list(sheet(cells(text_cell("x" * 2_000_000))).rows())


@pytest.mark.parametrize("opening", ["<!--<", '<row x="', "<c t='inlineStr'><is><t><![CDATA[<"])
def test_a_part_without_an_end_refuses_the_file(opening: str) -> None:
    with pytest.raises(ImportFileError, match="larger than we read"):
        list(sheet(cells(opening + ">>" * 2_000_000)).rows())


@pytest.mark.parametrize("row", ["0", "-1", "9" * 30, "x", "1048577"])
def test_row_numbers_that_no_sheet_has_refuse_the_file(row: str) -> None:
    with pytest.raises(ImportFileError, match="cannot be read as a workbook"):
        sheet(
            with_sheet(f'<worksheet><sheetData><row r="{row}"><c/></row></sheetData></worksheet>')
        )


@pytest.mark.parametrize("reference", ["1", "a1", "ZZZZZZZZZ1", "XFE1"])
def test_columns_that_no_sheet_has_refuse_the_file(reference: str) -> None:
    with pytest.raises(ImportFileError, match="cannot be read as a workbook"):
        sheet(
            with_sheet(
                f'<worksheet><sheetData><row><c r="{reference}"/></row></sheetData></worksheet>'
            )
        )


def test_a_shared_text_that_is_not_there_refuses_the_file() -> None:
    with pytest.raises(ImportFileError, match="cannot be read as a workbook"):
        list(sheet(cells('<c t="s"><v>99</v></c>')).rows())


def test_a_sheet_that_is_not_there_refuses_the_file() -> None:
    link = '<Relationship Id="rId1" Type="x/worksheet" Target="gone.xml"/>'
    links = f"<Relationships>{link}</Relationships>"
    with pytest.raises(ImportFileError, match="cannot be read as a workbook"):
        sheet(with_sheet(links, part="xl/_rels/workbook.xml.rels"))


@pytest.mark.parametrize("place", range(0, 46, 5))
def test_a_directory_that_lies_refuses_the_file(place: int) -> None:
    """Every few bytes of the first entry turned over: another file, or none, but no crash."""
    good = book([HEADER, ["a", "Ant", ""]])
    entry = good.index(b"PK\x01\x02") + place
    lying = good[:entry] + bytes(255 - byte for byte in good[entry : entry + 5]) + good[entry + 5 :]
    try:
        assert rows(lying) == [("a", "Ant", "")]
    except ImportFileError as refused:
        assert "workbook" in str(refused) or "password" in str(refused)


def test_a_workbook_with_a_password_says_so() -> None:
    file = OLD + b"\0" * 3000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 3000
    with pytest.raises(ImportFileError, match="protected with a password"):
        sheet(file)
    with pytest.raises(ImportFileError, match="old kind"):
        sheet(OLD + b"\0" * 3000)


def test_protection_against_changes_is_no_password_to_read() -> None:
    def protect(made: Any) -> None:
        made.security = WorkbookProtection(workbookPassword="7", lockStructure=True)

    assert rows(book([HEADER, ["a", "Ant", ""]], change=protect)) == [("a", "Ant", "")]


@pytest.mark.parametrize(
    ("part", "result"),
    [
        ("xl/workbook.bin", "binary kind"),
        ("content.xml", "is not XLSX"),
        ("Index/Document.iwa", "is not XLSX"),
        ("book.csv", "cannot be read as a workbook"),
    ],
)
def test_other_archives_are_named(part: str, result: str) -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr(part, "x")
    with pytest.raises(ImportFileError, match=result):
        sheet(stream.getvalue())
