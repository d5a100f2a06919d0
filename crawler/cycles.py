"""How often Python looks for cycles of references, in a process that makes very many short-lived objects.

With its usual thresholds it looks at 700 new objects at a time, again and again at those that are still in
use, and at everything that was imported: a sixth of the CPU time of crawling, and of linking. Memory stays
flat all the same (`benchmarks/README.md`): what is in cycles waits for some hundred pages at most.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = (10_000, 20, 10)
"""New objects for a first look, first looks for a second, second looks for a look at all."""


def collect_nothing() -> None:
    """Not look at all, until `collect_less`: for a process that is about to import all that it needs. What is
    imported stays, and looking at it while it grows is a fifth of the time that it takes.
    """
    gc.disable()


def collect_less() -> None:
    """Take what is here now for permanent, and look at new objects more seldom.

    What is here is not looked through before: the little that imports leave behind is not worth the tenth
    of a second that this takes.
    """
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    gc.enable()


@contextmanager
def collecting_less() -> Iterator[None]:
    """So for a time; afterwards everything is as it was."""
    before = gc.get_threshold()
    collect_less()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
