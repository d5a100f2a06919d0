"""What a forked child does to become the process that `python -m crawler.run` would be."""

from __future__ import annotations

import os
import random
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Birth:
    """What a child was forked for."""

    arguments: tuple[str, ...]
    """Of the command line of `crawler.run`."""
    environment: Mapping[str, str]
    log: int
    """Descriptor of what it writes."""


def live(birth: Birth) -> int:
    """Run the crawl; the exit code. To be called once, at the bottom of a forked process."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    for descriptor in (1, 2):
        os.dup2(birth.log, descriptor)
    os.close(birth.log)
    os.environ.clear()
    os.environ.update(birth.environment)
    sys.argv[:] = ["crawler.run", *birth.arguments]
    # All children would draw the same numbers.
    random.seed()

    from crawler.reading import spare
    from crawler.run import main

    spare.fork()
    return main(birth.arguments)
