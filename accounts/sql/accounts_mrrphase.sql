CREATE VIEW accounts_mrrphase AS SELECT * FROM accounts_mrrphases();
