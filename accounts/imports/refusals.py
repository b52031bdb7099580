"""Why a file as a whole cannot be used."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from tenants.typing import Json


class ImportFileError(ValueError):
    """The file as a whole cannot be used; nothing was changed."""


class Ambiguous(ImportFileError):
    """The file can be read in several ways; `option` decides, by one of `choices`.

    The message names the option of the command; `reason` is why alone.
    """

    def __init__(self, message: str, *, option: str, choices: Sequence[str]) -> None:
        self.reason = message
        self.option = option
        self.choices = tuple(choices)
        decide = _("Choose with %(option)s: %(choices)s.") % {
            "option": f"--{option.replace('_', '-')}",
            "choices": ", ".join(map(_shown, self.choices)),
        }
        super().__init__(f"{message} {decide}")

    def as_json(self) -> Json:
        """What has to be chosen, as an import keeps it."""
        return {"option": self.option, "choices": list(self.choices), "reason": self.reason}


def _shown(choice: str) -> str:
    """A choice in a list; a sign stands between quotation marks, apart from the commas."""
    if choice == "\t":
        return "tab"
    return choice if any(map(str.isalnum, choice)) else f"“{choice}”"


class UnknownColumns(ImportFileError):
    """The header has names that no column has; a mapping may say what they mean."""
