CREATE VIEW support_slatimer AS SELECT * FROM support_slatimers();
