"""Files in: one engine for every kind of fact, set-based from the staging table on.

reading.py    bytes -> rows of text, each with its line, good or with what is wrong with it
encodings.py  which letters the bytes are; headers.py, where the columns begin and end
workbook.py   the same of XLSX, over xlsx_parts.py, xlsx_cells.py and xml_stream.py
values/       days, numbers and words into the one form that the checks know
staging.py    COPY into a temporary table
checking.py   what is wrong with the rows, found by SQL and said by line, column and value
upserting.py  good rows into the table: created, updated, unchanged
engine.py     these in one transaction
rejecting.py  bad rows as a file that is mended and sent again
kinds.py      what each kind of file may contain
"""
