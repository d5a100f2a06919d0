"""A crawl's process for tests that kill it: `python -m tests.reading.parent DEFINITION HEADING`.

Starts a reader, gives it a page with that heading after one that it can read, and says the reader's
process id.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from crawler.reading.messages import Order
from crawler.reading.reader import Reader
from crawler.spiders.arguments import Window
from tests.reading.misbehaving import capture, due


async def main(definition: str, heading: str) -> None:
    """Until it is killed."""
    reader = Reader(Order(str(Path(definition)), Window(), None, 600.0, tuple(sys.path), "WARNING"))
    await reader.read(due("first"), capture("first", "first"))
    waiting = asyncio.ensure_future(reader.read(due("second"), capture("second", heading)))
    print(reader.pid, flush=True)
    await waiting
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
