CREATE VIEW support_ticketstatus AS SELECT * FROM support_ticketstatuses();
