CREATE VIEW support_downtime AS SELECT * FROM support_downtimes();
