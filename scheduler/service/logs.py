"""What the service writes: structured lines on standard error; and how long the logs of crawls are kept."""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path

import structlog


def configure(*, as_json: bool) -> None:
    """Lines for persons, or JSON lines for a collector of logs; times in UTC."""
    shown: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if as_json
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    )
    told: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    _take_in_others(told, shown)
    structlog.configure(
        processors=[*told, *shown],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # Standard error as it is when a line is written: whoever replaced it may have closed it since.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


class _Lines(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        print(self.format(record), file=sys.stderr, flush=True)


def _take_in_others(told: list[structlog.typing.Processor], shown: list[structlog.typing.Processor]) -> None:
    """What observers and libraries warn of through `logging` becomes lines of the same form."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, *told],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *shown],
    )
    handler = _Lines()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    for before in [each for each in root.handlers if isinstance(each, _Lines)]:
        root.removeHandler(before)
    root.addHandler(handler)


def sweep(folder: Path, days: int) -> int:
    """Delete the logs of crawls that ended more than so many days ago; how many. 0 days: keep all."""
    if not days or not folder.is_dir():
        return 0
    oldest, number = time.time() - days * 86400, 0
    for path in folder.glob("*.log"):
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
                number += 1
        except OSError:
            continue  # somebody else tidies up too
    return number
