"""How the file of an import is read: by what its sender said of it, which the import keeps."""

from typing import BinaryIO

from accounts.imports.mapped import ColumnMap
from accounts.imports.options import ImportOptions
from accounts.imports.presets import PRESETS, Preset
from accounts.imports.presets.records import PresetColumns
from accounts.imports.reading import sheet_of
from accounts.imports.refusals import Ambiguous, ImportFileError
from accounts.imports.sheets import Sheet, column_map
from accounts.models import Import


def options_of(entry: Import) -> ImportOptions:
    """The options that were chosen for the file."""
    return ImportOptions(**entry.options)


def preset_of(entry: Import) -> Preset | None:
    """The preset that was chosen for the file."""
    return PRESETS.get(entry.preset)


def column_map_of(entry: Import) -> ColumnMap | PresetColumns:
    """What the columns of the file mean, by mapping, preset or both. Raises ImportFileError."""
    preset = preset_of(entry)
    sent = column_map(entry.mapping) if entry.mapping or not preset else None
    return preset.with_mapping(sent) if preset else column_map(sent)


def sheet_of_entry(*, entry: Import, source: BinaryIO) -> Sheet:
    """The rows of the file of an import. Raises ImportFileError, Ambiguous."""
    return sheet_of(
        kind=entry.of_kind,
        source=source,
        mapping=column_map_of(entry),
        options=options_of(entry),
    )


def refuse(*, entry: Import, problem: ImportFileError) -> None:
    """Note on an import why its file was refused, and what has to be chosen, if that helps."""
    question = problem.as_json() if isinstance(problem, Ambiguous) else {}
    reason = problem.reason if isinstance(problem, Ambiguous) else str(problem)
    Import.objects.filter(pk=entry.pk).update(
        state=Import.State.REFUSED, refusal=reason, question=question
    )
