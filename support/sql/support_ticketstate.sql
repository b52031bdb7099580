CREATE VIEW support_ticketstate AS SELECT * FROM support_ticketstates();
