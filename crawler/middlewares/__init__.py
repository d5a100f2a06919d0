"""What Scrapy lacks between engine and network: hosts, robots.txt, waiting as told, captures.

One concern a file, in the order in which a request passes them. None of them knows a site.
"""
