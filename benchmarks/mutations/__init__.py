"""Samples broken in the ways in which sites break, and what the reading makes of each.

`breaks` makes the broken captures (`pages` for HTML, `records` for JSON, `indexes` for listings and feeds),
`verdicts` says whether a break was caught. `python -m benchmarks.mutations` runs all and prints the shares.
"""
