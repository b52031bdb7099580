"""Files as they are read, without a tenant that they would go into."""

from io import BytesIO

from accounts.imports.kinds import KINDS
from accounts.imports.options import ImportOptions
from accounts.imports.reading import sheet_of
from accounts.imports.sheets import Row, Sheet


def sheet(
    content: str | bytes,
    *,
    kind: str = "accounts",
    mapping: dict[str, str] | None = None,
    **options: str | int,
) -> Sheet:
    """A file that is about to be read."""
    data = content.encode() if isinstance(content, str) else content
    return sheet_of(
        kind=KINDS[kind],
        source=BytesIO(data),
        mapping=mapping,
        options=ImportOptions(**options),  # type: ignore[arg-type]  # each of its own type
    )


def rows(content: str | bytes, **options: str | int) -> list[tuple[str, ...]]:
    """The good rows of a file of accounts."""
    return [
        tuple(cell or "" for cell in row.cells)
        for row in sheet(content, **options).rows()  # type: ignore[arg-type]
        if not row.problem
    ]


def problems(content: str | bytes, **options: str | int) -> list[tuple[int, str, str, str | None]]:
    """Line, column, code and value of what could not be read."""
    return [
        (row.line, row.column, row.problem, row.value)
        for row in sheet(content, **options).rows()  # type: ignore[arg-type]
        if row.problem
    ]


__all__ = ["Row", "problems", "rows", "sheet"]
