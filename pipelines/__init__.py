"""CHANGES: one stage a file, in the order validate, normalize, identify, persist, link.

These are Scrapy's item pipelines, and also run without Scrapy (ingest). Lives here: what turns a raw
item into a clean release and releases into statements, as pure functions with thin adapters.
May not live here: fetching, SQL. A stage may return a record, hold it back with a reason
(pipelines.hold.HoldBack), or raise: then the address is marked failed and tried again.
"""
