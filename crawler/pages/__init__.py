"""Pure functions from bytes to what a page says: no network, no clock, no database, no Scrapy.

`read.read_page` reads a release, `index.read_index` a listing, feed or API answer. Nothing here raises for
what a site sent: what cannot be read comes back as a failure with its reason.
"""
