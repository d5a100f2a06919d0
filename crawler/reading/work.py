"""What a reader does with a task: pure, but for the log."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace

from crawler.declare import Api, Feed, Listing, Sitemap
from crawler.frames import Broken
from crawler.items import Capture, Due, Held, ReadBy, Release, ReleaseItem
from crawler.pages.index import read_index
from crawler.pages.read import read_page
from crawler.pages.shape import shape_of
from crawler.reading.messages import (
    Answer,
    Process,
    Processed,
    Read,
    ReadIndex,
    ReadPage,
    Record,
    Shown,
    StageFailed,
    Task,
)
from crawler.source import Source
from crawler.spiders.arguments import Window
from crawler.spiders.endings import ending_by_reading, ending_by_window, with_keys

SHAPES = 6
"""Pages of a crawl whose shape is taken."""

Stages = Callable[[object], Release | Held]


class Work:
    """Reads the captures of one source, and puts items through the stages where it is given them."""

    def __init__(self, source: type[Source], window: Window, stages: Stages | None) -> None:
        self._source = source
        self._window = window
        self._stages = stages
        self._shapes_left = SHAPES

    def do(self, task: Task) -> Answer:
        """The answer to a task; an error on the way is an answer too."""
        try:
            match task:
                case ReadPage():
                    return self._read_page(task.due, task.capture)
                case ReadIndex():
                    return self._read_index(task)
                case Process():
                    return Processed(self._records(task.items))
        except Exception as error:  # noqa: BLE001 - told to whoever gave the task
            return Broken(_words(error), traceback.format_exc())

    def _read_page(self, due: Due, capture: Capture) -> Read:
        reading = read_page(self._source, capture, due)
        items = with_keys(self._source, due, capture, reading.items)
        outcome = ending_by_window(self._window, due, capture, items)
        if outcome is not None:
            items = ()
        else:
            outcome = ending_by_reading(due, capture, reading, items)
        by_fallback = sum(item.read_by is ReadBy.FALLBACK for item in items)
        return Read(outcome, self._records(items), reading.discovered, by_fallback, self._shape(capture))

    def _shape(self, capture: Capture) -> str:
        if not self._shapes_left or "html" not in (capture.header("Content-Type") or "").lower():
            return ""
        self._shapes_left -= 1
        return shape_of(capture.body)

    def _read_index(self, task: ReadIndex) -> Shown:
        discovery = self._source.discoveries()[task.discovery]
        if not isinstance(discovery, Listing | Feed | Sitemap | Api):
            raise TypeError(f"{type(discovery).__name__} has no index pages")
        page = read_index(self._source, discovery, task.capture, task.language)
        return Shown(replace(page, embedded=dict(page.embedded)))

    def _records(self, items: Sequence[ReleaseItem]) -> tuple[Record, ...]:
        stages = self._stages
        return tuple(items) if stages is None else tuple(through_stages(stages, item) for item in items)


def through_stages(stages: Stages, item: ReleaseItem) -> Release | Held | StageFailed:
    """The record that the stages make of an item, or the error that one of them raised."""
    try:
        return stages(item)
    except Exception as error:  # noqa: BLE001 - the other items of the page go on
        return StageFailed(item.key or item.url, item.url, _words(error), traceback.format_exc())


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
