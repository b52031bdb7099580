CREATE VIEW support_ticketclock AS SELECT * FROM support_ticketclocks();
