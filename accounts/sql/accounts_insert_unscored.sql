-- The row of AccountNow that an account has before any night has scored it. By a trigger, so that
-- no way of creating an account (a form, a file, REST, SQL) can forget it.
CREATE FUNCTION accounts_insert_unscored() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts_accountnow (account_id, status, weeks)
    SELECT id, '', '{}' FROM new_rows
    ON CONFLICT (account_id) DO NOTHING;
    RETURN NULL;
END
$$;
