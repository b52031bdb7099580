CREATE VIEW support_ticketimage AS SELECT * FROM support_ticketimages();
