CREATE VIEW support_openspell AS SELECT * FROM support_openspells();
