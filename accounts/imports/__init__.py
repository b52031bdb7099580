"""Files in: one engine for every kind of fact, set-based from the staging table on.

reading.py    bytes -> rows of text, each with its line, good or with what is wrong with it
staging.py    COPY into a temporary table
checking.py   what is wrong with the rows, found by SQL and said by line, column and value
upserting.py  good rows into the table: created, updated, unchanged
engine.py     these four in one transaction
kinds.py      what each kind of file may contain
"""
