"""Search: one interface over the full text of SQLite (FTS5) and PostgreSQL (tsvector).

`words` takes texts apart, the same for both; `asking` reads what a person typed; `filters` says which
statements are wanted; `index` keeps the index in the transaction that changes a statement; `texts` speaks to
the two databases; `finding` answers; `snippets` shows where.
"""
