"""What a forked child does to become the process that `python -m PROGRAM` would be."""

from __future__ import annotations

import importlib
import os
import random
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Birth:
    """What a child was forked for."""

    program: str
    """A module whose `main` takes the arguments and returns the exit code: `crawler.run`."""
    arguments: tuple[str, ...]
    """Of its command line."""
    environment: Mapping[str, str]
    log: int
    """Descriptor of what it writes."""


def live(birth: Birth) -> int:
    """Run the program; its exit code. To be called once, at the bottom of a forked process."""
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
    sys.argv[:] = [birth.program, *birth.arguments]
    # All children would draw the same numbers.
    random.seed()

    from crawler.reading import spare

    spare.fork()
    code: int = importlib.import_module(birth.program).main(birth.arguments)
    return code
