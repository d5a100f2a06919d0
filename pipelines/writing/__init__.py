"""Storing and linking in a process of its own, for crawls of more than a few records.

`messages` is what travels, `child` the process, `writer` the crawl's side.
"""
