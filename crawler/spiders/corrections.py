"""A page that reads otherwise than the last time: has the site changed it, or do we read it otherwise today?

The capture from which the kept state was read is read once more, by the same reader and with what is known
of the address now. Where that gives another text than the one that is kept, the kept state is put right in
its place before the new one comes: what differs then was changed by the site, and nothing else counts as an
edit. Asks no site.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.frontier import CorrectingStore, store_of
from crawler.items import Due, Release
from crawler.reading.messages import Record
from crawler.reading.reader import ReaderUnusable, ReadingFailed

if TYPE_CHECKING:
    from crawler.spiders.source import SourceSpider

logger = logging.getLogger(__name__)


async def correct_what_stands(spider: SourceSpider, due: Due, records: Sequence[Record]) -> None:
    """Put the kept states of releases that read otherwise now right, where that is the reader's doing."""
    store = store_of(spider.crawler)
    if not isinstance(store, CorrectingStore):
        return
    keeper, corrections = spider.keeper, store.corrections
    for record in records:
        if not isinstance(record, Release):
            continue
        stands = await keeper.ask(corrections.other, record.source, record.key, record.content_digest)
        if stands is None or spider.source.address_key(stands.capture.url) != due.key:
            continue  # it was read from a page of an index, which says more than one release
        # What an index says of its day may be news; that it was said of the day before is not for us to say.
        hint = replace(due, posted_on=stands.posted_on or due.posted_on)
        try:
            again = await spider.reader.read(hint, stands.capture)
        except ReadingFailed as error:
            logger.info("%s: what was kept cannot be read any more: %s", due.url, error)
            continue
        except ReaderUnusable as error:
            spider.cannot_read(error)
            return
        for each in again.records:
            if isinstance(each, Release) and each.key == record.key:
                keeper.count("corrected", await keeper.ask(corrections.correct, each))
