"""All per-item stages in a row, without Scrapy: what ingest and re-reading use."""

from __future__ import annotations

from crawler.items import Held, Release
from crawler.source import registry
from pipelines.hold import HoldBack, held_record
from pipelines.identify import identify
from pipelines.normalize import normalize
from pipelines.validate import validate


def process(item: object) -> Release | Held:
    """The clean release that an item of any type becomes, or the record of why it was held back.

    Any other error is a defect of a stage and is raised.
    """
    try:
        valid = validate(item)
        source = registry()[valid.source]
        return identify(normalize(valid, source), source)
    except HoldBack as held:
        return held_record(item, held)
