CREATE VIEW support_ticketreply AS SELECT * FROM support_ticketreplies();
