"""The row of `AccountNow` that an account has before any night has scored it."""

import pgtrigger

# By a trigger, so that no way of creating an account (a form, a file, REST, SQL) can forget it.
INSERT_UNSCORED = """
INSERT INTO accounts_accountnow (account_id, band, weeks)
SELECT id, '', '{}' FROM new_rows
ON CONFLICT (account_id) DO NOTHING;
RETURN NULL;
"""

LISTS_AT_ONCE = pgtrigger.Trigger(
    name="lists_at_once",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="new_rows"),  # type: ignore[no-untyped-call]
    func=INSERT_UNSCORED,
)
