CREATE VIEW support_ticketsolving AS SELECT * FROM support_ticketsolvings();
