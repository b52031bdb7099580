"""What callers may do, and which of it each role has.

An app declares in its `permissions.py` which capability each method of its views needs;
`csplatform.web.permissions` merges these tables and keeps them.
"""

from enum import StrEnum


class Capability(StrEnum):
    """One thing that a caller may be able to do."""

    ANYONE = "anyone"  # even without logging in
    VIEW = "view"  # read pages and figures
    EDIT = "edit"  # add and change facts, import files, set goals
    DELETE = "delete"  # delete facts
    CONFIGURE = "configure"  # definitions, keys, people, the admin
    SEND_EVENTS = "send_events"


# A view's name, as the resolver says it (or a pattern), to what each of its methods needs.
Rules = dict[str, dict[str, Capability]]

OF_VIEWERS = frozenset({Capability.VIEW})
OF_MANAGERS = OF_VIEWERS | {Capability.EDIT, Capability.SEND_EVENTS}
OF_ADMINS = OF_MANAGERS | {Capability.DELETE, Capability.CONFIGURE}

READ = {"GET": Capability.VIEW}
EDIT_FORM = {"GET": Capability.EDIT, "POST": Capability.EDIT}
SETTINGS_FORM = {"GET": Capability.CONFIGURE, "POST": Capability.CONFIGURE}
