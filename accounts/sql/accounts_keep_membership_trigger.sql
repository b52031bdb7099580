CREATE TRIGGER accounts_keep_membership_trigger AFTER UPDATE ON accounts_account
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION accounts_keep_membership();
