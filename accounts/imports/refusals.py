"""Why a file as a whole cannot be used."""

from collections.abc import Sequence

from django.utils.translation import gettext as _


class Refused(ValueError):
    """The file as a whole cannot be used; nothing was changed."""


class Ambiguous(Refused):
    """The file can be read in several ways; `option` decides, by one of `choices`."""

    def __init__(self, message: str, *, option: str, choices: Sequence[str]) -> None:
        self.option = option
        self.choices = tuple(choices)
        decide = _("Choose with %(option)s: %(choices)s.") % {
            "option": f"--{option.replace('_', '-')}",
            "choices": ", ".join("tab" if one == "\t" else one for one in self.choices),
        }
        super().__init__(f"{message} {decide}")


class UnknownColumns(Refused):
    """The header has names that no column has; a mapping may say what they mean."""
