"""Spiders: few and generic. A definition becomes a spider of its name (`loader`); nobody writes one per site.

`source` holds what all share (run, leftovers, releases, how each address ends), `walk` how an index is
followed, and one file each what is special about a way of finding: `listing`, `feed`, `api`, `numbers`.
An ordinary Scrapy spider put into this folder works as well: with run, captures, guard and stages.
"""
