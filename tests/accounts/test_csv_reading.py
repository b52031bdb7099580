"""Separators, headers, quotation marks and line ends as other programs write them."""

import gzip

import pytest
from django.conf import LazySettings

from accounts.imports.refusals import Ambiguous, ImportFileError
from tests.accounts.reading import problems, rows, sheet

BOTH = [("a", "Ant"), ("b", "Bee")]


# Separators


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_recognised(delimiter: str) -> None:
    text = "external_id,name\na,Ant\nb,Bee\n".replace(",", delimiter)
    assert rows(text) == BOTH
    assert sheet(text).assumptions.delimiter == delimiter


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;", "sep=\t"])
def test_a_line_that_names_the_separator_is_believed(line: str) -> None:
    delimiter = line.strip('"')[-1]
    text = f"{line}\r\nexternal_id,name\r\na,Ant\r\n".replace(",", delimiter)
    assert rows(text) == BOTH[:1]
    assert sheet(text).assumptions.header_row == 2


def test_commas_inside_cells_do_not_make_the_separator() -> None:
    text = "external_id;name;attr.amount\na;Ant, Inc.;1,5\nb;Bee, Inc.;2,5\n"
    assert rows(text) == [("a", "Ant, Inc.", "1,5"), ("b", "Bee, Inc.", "2,5")]


def test_two_separators_that_fit_as_well_are_asked_about() -> None:
    with pytest.raises(Ambiguous) as refused:
        sheet("Kunde;Betrag,netto\n1;2,50\n2;3,50\n")
    assert (refused.value.option, refused.value.choices) == ("delimiter", (",", ";"))
    assert "--delimiter" in str(refused.value)


@pytest.mark.parametrize("spoken", [";", "semicolon"])
def test_who_knows_the_separator_says_so(spoken: str) -> None:
    text = "Kunde;Betrag,netto\n1;2,50\n"
    mapping = {"Kunde": "external_id", "Betrag,netto": "attr.net"}
    file = sheet(text, mapping=mapping, delimiter=spoken)
    assert [row.cells for row in file.rows()] == [["1", "2,50"]]


def test_a_separator_that_we_do_not_read_is_refused() -> None:
    with pytest.raises(
        ImportFileError, match="There is no separator “:”: comma, semicolon, tab, pipe"
    ):
        sheet("external_id:name\n", delimiter=":")


def test_one_column_that_seems_to_be_several_is_said() -> None:
    with pytest.raises(
        ImportFileError, match="Only one column was found: “external_id name segment”"
    ):
        sheet("external_id name segment\na Ant SMB\n")


# The header


@pytest.mark.parametrize(
    "above",
    ["Customers of 2024\n\n", "Customers of 2024\nAs of,31 January\n\n", "\n\n", ",,,\n"],
)
def test_a_header_under_a_title_is_recognised(above: str) -> None:
    text = f"{above}external_id,name,segment\na,Ant,SMB\n"
    assert rows(text) == [("a", "Ant", "SMB")]
    assert sheet(text).assumptions.header_row == above.count("\n") + 1


def test_what_stands_above_the_header_is_said() -> None:
    result = sheet("Customers of 2024\n\nexternal_id,name\na,Ant\n").assumptions.sentences()
    assert result == [
        "The header is line 3.",
        "Lines above the header, not read: Customers of 2024.",
    ]


def test_a_row_that_is_as_full_as_the_header_is_no_title() -> None:
    with pytest.raises(ImportFileError, match="Unknown columns: “Firma”, “Ort”"):
        sheet("Firma,Ort\nexternal_id,name\na,Ant\n")


def test_who_knows_the_header_says_so() -> None:
    text = "Firma,Ort\nexternal_id,name\na,Ant\n"
    assert rows(text, header_row=2) == BOTH[:1]
    with pytest.raises(ImportFileError, match="There is no header in line 9"):
        sheet(text, header_row=9)


def test_line_numbers_count_from_the_top_of_the_file() -> None:
    assert problems("A title\n\nexternal_id,name\na,Ant\nb\n")[0][:3] == (5, "external_id", "cells")


def test_a_name_over_two_lines_and_marks_inside_the_header_are_read() -> None:
    text = '\ufeff"external_id",\ufeffname,"attr.first\nyear"\na,Ant,1\n'
    assert sheet(text).header == ["external_id", "name", "attr.first year"]
    assert rows(text) == [("a", "Ant", "1")]


def test_columns_without_a_name_are_passed_over_and_said_unless_they_hold_a_value() -> None:
    text = "external_id,,name,,\na,,Ant,,\nb,x,Bee,,\n"
    assert rows(text) == BOTH[:1]
    assert problems(text) == [(3, "external_id", "nameless", "b,x,Bee,,")]
    assert sheet(text).assumptions.sentences() == ["Columns without a name, not read: 2."]


def test_surplus_cells_may_be_empty() -> None:
    text = "external_id,name\na,Ant,,\nb,Bee, ,\nc,Cat,,x\nd\n"
    assert rows(text) == BOTH
    assert [row.detail for row in sheet(text).rows() if row.problem] == ["4 ≠ 2", "1 ≠ 2"]


# Quotation marks and line ends


def test_a_quoted_cell_of_many_lines_is_one_cell() -> None:
    note = "line\n" * 100 + "a5,Overwritten by a note\n" + "line\n" * 120_00
    assert rows(f'external_id,name,attr.note\ng,Real,"{note[:60_000]}"\nb,Bee,\n') == [
        ("g", "Real", note[:60_000].strip()),
        ("b", "Bee", ""),
    ]


def test_a_quoted_cell_beyond_all_measure_is_one_reject_and_plants_no_rows() -> None:
    for size in (7_000, 700_000):
        text = 'external_id,name\ng,"\n' + "ghost,planted\n" * size + '"\nb,Bee\n'
        assert rows(text) == BOTH[1:]
        assert [code for _line, _column, code, _value in problems(text)] == ["too_large"]


def test_a_line_beyond_all_measure_that_goes_on_plants_no_rows() -> None:
    text = 'external_id,name\ng,"' + "x" * 9_000_000 + '\nghost,planted\n"\nb,Bee\n'
    assert rows(text) == BOTH[1:]


def test_a_file_of_lone_quotation_marks_is_refused_whole() -> None:
    text = "external_id,name\n" + "".join(f'r{n},"x\n' for n in range(6000))
    with pytest.raises(ImportFileError, match="In most rows the quotation marks do not fit"):
        list(sheet(text).rows())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_read(end: str) -> None:
    assert rows(end.join(["external_id,name", "a,Ant", "b,Bee", ""])) == BOTH


# Cells


def test_a_text_that_was_kept_from_a_spreadsheet_is_unwrapped() -> None:
    assert rows('external_id,name\n="00077","=""Ant"""\n') == [("00077", "Ant")]


def test_an_id_that_a_spreadsheet_has_shortened_is_refused() -> None:
    text = 'external_id,name,parent_external_id\n1.23E+15,Ant,\nb,1E+10,\nc,Cat,"1,5E+20"\n'
    assert problems(text) == [
        (2, "external_id", "shortened", "1.23E+15"),
        (4, "parent_external_id", "shortened", "1,5E+20"),
    ]
    assert rows(text) == [("b", "1E+10", "")]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#n/a"])
def test_an_error_of_a_spreadsheet_is_no_name(error: str) -> None:
    assert problems(f"external_id,name\na,{error}\n") == [(2, "name", "error", error)]
    assert rows("external_id,name\na,#1 Ants\n") == [("a", "#1 Ants")]


# What is no CSV


@pytest.mark.parametrize(
    ("content", "result"),
    [
        ('[{"external_id": "a"}]', "This is JSON"),
        ('{\n"data": []}', "This is JSON"),
        ("[]", "This is JSON"),
        ("<!DOCTYPE html><table>", "This is a web page"),
        ('<?xml version="1.0"?><Workbook>', "This is a web page"),
        ("%PDF-1.7\n", "This is a PDF"),
        ("", "The file is empty"),
        ("\ufeff\n \n", "The file is empty"),
    ],
)
def test_what_is_no_table_is_named(content: str, result: str) -> None:
    with pytest.raises(ImportFileError, match=result):
        sheet(content)


def test_a_packed_file_is_unpacked_whatever_it_is_called() -> None:
    assert rows(gzip.compress(b"external_id,name\na,Ant\nb,Bee\n")) == BOTH


def test_a_packed_file_that_is_cut_is_refused() -> None:
    packed = gzip.compress(b"external_id,name\n" + b"a,Ant\n" * 1000)
    with pytest.raises(ImportFileError, match="The file cannot be unpacked"):
        sheet(packed[:50])


def test_a_packed_bomb_is_refused(settings: LazySettings) -> None:
    settings.IMPORT_LARGEST_FILE = 2**20
    with pytest.raises(ImportFileError, match="unpacks to more than we read"):
        sheet(gzip.compress(b"\0" * 2**22))
