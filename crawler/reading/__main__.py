"""A reader: `python -m crawler.reading DESCRIPTOR PARENT`, started by a crawl and by nobody else."""

from __future__ import annotations

import signal
import sys

from crawler.children import ignore_what_a_terminal_sends
from crawler.cycles import collect_nothing


def answer(descriptor: int, parent: int) -> int:
    """Answer tasks on a stream until the crawl closes its end or is gone; the exit code."""
    ignore_what_a_terminal_sends()
    # Whoever started the crawl may have had this one ignored; it is what ends a task that takes too long.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)

    collect_nothing()

    from crawler.reading.child import serve

    return serve(descriptor, parent)


if __name__ == "__main__":
    sys.exit(answer(*(int(each) for each in sys.argv[1:3])))
