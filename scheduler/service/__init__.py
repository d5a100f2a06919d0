"""The service `communique schedule run`: one process that starts every crawl in its time, for years.

What is due is told by triggers (`scheduler.triggers`), overrides of persons and the ledger; how a crawl is
begun by a `Starter`; who is told about it all by `Observer`s. Nothing is kept in the service's own memory
that a next one could not read from the ledger.
"""
