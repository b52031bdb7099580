CREATE VIEW accounts_customerspell AS SELECT * FROM accounts_customerspells();
