"""Health of sources: one state each, with its reason, judged from evidence and not from counts alone.

`evidence` says what is looked at, `habit` what is usual, `judge` is the pure judgement, `gather` builds the
evidence from the ledger, `watch` keeps the states while the service works. Whoever wants to know how a source
stands asks `gather` and `judge`; whoever wants to know what changed reads `storage.health`.
"""
