"""A reader that is killed by one page, for the processes of `scheduler.rereaders`."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from scheduler.rereaders import Page, Reread


def read(captures: Path, pages: Sequence[Page]) -> list[Reread]:
    """Say where the pages lie; the third one kills its reader."""
    if any(page.place.offset == 2 for page in pages):
        os.kill(os.getpid(), signal.SIGKILL)
    return [Reread(problem=f"read {page.place.offset}") for page in pages]
