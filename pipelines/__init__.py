"""CHANGES: one stage a file, in the order validate, normalize, identify, persist, link.

These are Scrapy's item pipelines, and also run without Scrapy (ingest). Lives here: what turns a raw
item into a clean release and releases into statements, as pure functions with thin adapters.
May not live here: fetching, SQL. A stage may return a record, hold it back with a reason
(pipelines.hold.HoldBack), or raise: then the address is marked failed and tried again.
"""

STAGES = (
    "pipelines.validate.Validate",
    "pipelines.normalize.Normalize",
    "pipelines.identify.Identify",
    "pipelines.persist.Persist",
)
"""The Scrapy adapters in order, as `ITEM_PIPELINES` names them. Linking has no adapter of its own: it needs
whole batches, so it runs inside persist, in the transaction that stores them."""
