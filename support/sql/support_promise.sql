CREATE VIEW support_promise AS SELECT * FROM support_promises();
