"""What each account belonged to at the end of a day: what it is now, or what was kept of it."""

from django.db import migrations

COLUMNS = ("segment", "industry", "country", "region", "stage", "owner_email")
MEMBERSHIPS = f"""
CREATE FUNCTION accounts_memberships(asked date)
RETURNS TABLE (account_id bigint, {", ".join(f"{name} varchar" for name in COLUMNS)})
LANGUAGE sql STABLE AS $$
SELECT a.id, {", ".join(f"coalesce(was.{name}, a.{name})" for name in COLUMNS)}
FROM accounts_account a LEFT JOIN (
    SELECT DISTINCT ON (past.account_id) past.*
    FROM accounts_pastmembership past WHERE past.until > asked
    ORDER BY past.account_id, past.until
) was ON was.account_id = a.id
$$
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_membership_facts")]

    operations = [migrations.RunSQL(MEMBERSHIPS, "DROP FUNCTION accounts_memberships")]
