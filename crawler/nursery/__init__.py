"""Crawls that begin at once: a process that has everything imported forks a child for each of them.

A crawl and its reader spend some six seconds of processor time on imports before the first request. Where
many sources are crawled one after the other, that is most of what a machine does. The nursery imports once,
and its children share that memory. Linux only: elsewhere, and where anything goes wrong, each crawl is a new
process.
"""
