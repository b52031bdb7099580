CREATE TRIGGER accounts_insert_unscored_trigger AFTER INSERT ON accounts_account
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION accounts_insert_unscored();
