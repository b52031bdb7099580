"""Merged cells of a workbook have one value: the others are refused, never taken for empty."""

from typing import Any

import pytest

from accounts.imports.refusals import ImportFileError
from tests.accounts.reading import problems, rows
from tests.accounts.test_workbook_hazards import HEADER, book, text_cell, with_sheet

ROWS: list[list[Any]] = [HEADER, ["a", "Ant", "SMB"], ["b", "Bee", None], ["c", "Cat", "ENT"]]


def merged(*ranges: str, content: list[list[Any]] = ROWS) -> bytes:
    """A workbook of one sheet, in which these ranges are merged."""

    def merge(made: Any) -> None:
        for one in ranges:
            made["First"].merge_cells(one)

    return book(content, change=merge)


def test_a_cell_that_is_merged_with_the_one_above_is_refused() -> None:
    file = merged("C2:C3")
    assert problems(file) == [(3, "segment", "merged", "C2:C3")]
    assert rows(file) == [("a", "Ant", "SMB"), ("c", "Cat", "ENT")]


def test_a_cell_that_is_merged_with_the_one_beside_it_is_refused() -> None:
    file = merged("B3:C3")
    assert problems(file) == [(3, "segment", "merged", "B3:C3")]


def test_a_range_ends_where_it_ends() -> None:
    content: list[list[Any]] = [HEADER, ["a", "Ant", "SMB"], ["b", "Bee", None], ["c", "Cat", None]]
    assert problems(merged("C2:C3", content=content)) == [(3, "segment", "merged", "C2:C3")]


def test_of_two_ranges_in_a_column_each_is_seen() -> None:
    content: list[list[Any]] = [HEADER, *([name, name, None] for name in "abcd")]
    assert problems(merged("C2:C3", "C4:C5", content=content)) == [
        (3, "segment", "merged", "C2:C3"),
        (5, "segment", "merged", "C4:C5"),
    ]


def test_a_title_over_the_table_and_a_column_that_has_no_name_are_no_matter() -> None:
    content: list[list[Any]] = [["Customers", None, None], [], *ROWS]
    assert problems(merged("A1:C1", "E4:E6", content=content)) == []


def test_a_sheet_of_nothing_but_merged_ranges_is_refused() -> None:
    ranges = '<mergeCell ref="A1:XFD9"/>' * 62
    header = f'<row r="1">{"".join(map(text_cell, HEADER))}</row>'
    file = with_sheet(
        f"<worksheet><sheetData>{header}</sheetData><mergeCells>{ranges}</mergeCells></worksheet>"
    )
    with pytest.raises(ImportFileError, match="larger than we read"):
        rows(file)
