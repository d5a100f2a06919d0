"""Backfills: the history of sources, from their sites and from archives, planned from what is known already.

`plan` says which days are missing and what it will cost to ask for them, `work` does it, one child process
for each source at a time. May not live here: anything that knows a site or an archive's protocol.
"""
