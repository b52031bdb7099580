"""Every kind of fact over REST, by the same declarations and the same engine as files.

body.py         JSON objects -> rows
writing.py      rows into the tenant; what was wrong, as a problem with pointers
reading.py      objects out: filters, pages, their JSON
idempotency.py  the same request twice has one effect
views.py        the addresses of a kind
imports.py      files and long work
"""
