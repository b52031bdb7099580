CREATE VIEW accounts_livemovement AS SELECT * FROM accounts_livemovements();
