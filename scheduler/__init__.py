"""STARTS: by the clock and by hand; one crawl is one child process.

Not Scrapy's scheduler (its request queue). Lives here: the command `communique`, running and watching
crawls, the demo, and when a source is due. May not live here: reading, cleaning, SQL.
"""
