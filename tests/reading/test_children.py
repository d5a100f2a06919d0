"""Processes that end with the one that started them."""

from __future__ import annotations

import subprocess
import sys


def test_a_process_whose_parent_was_killed_before_it_looked_ends_too() -> None:
    ended = "import time; from crawler.children import end_after\nend_after(-1)\ntime.sleep(60)"
    # Killed at once: the number that it was given is no longer that of its parent.
    assert subprocess.run([sys.executable, "-c", ended], check=False, timeout=50).returncode == 1
