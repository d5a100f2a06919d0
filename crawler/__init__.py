"""READS: from a source definition to a raw item.

Lives here: definitions, spiders, readers of pages, what Scrapy lacks (middlewares), the replica that
stands in for the sites. May not live here: a database, cleaning, linking; nothing in this folder
imports pipelines, storage or scheduler. Where a spider must ask or tell, it uses the Protocols of
crawler.frontier, whose implementation the settings name.
"""
