"""Web archives: their indexes (CDX), their pages, and which of their captures are worth asking for.

Parsing and choosing are pure; whoever asks an archive goes through `asking`, which keeps to the budget that
all processes share. May not live here: anything that knows a site, and the database.
"""
