"""PostgreSQL and Valkey of our own, for the demo, for tests and for small installations.

`python -m csplatform.embedded VERB` is the way in. Nothing here knows Django: the servers have to
be up before settings can name them.
"""
