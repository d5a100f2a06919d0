"""The replica in a process of its own, as the measurements and the kill runs use it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Served:
    """A replica that serves: what to set to crawl it, and what is true of it."""

    environment: dict[str, str]
    truth: list[dict[str, Any]]

    def releases(self, source: str) -> list[dict[str, Any]]:
        """The true releases of one source."""
        return [each for one in self.truth for each in one["releases"] if each["source"] == source]


@contextmanager
def served(releases: int, seed: int, page_size: int, folder: Path, *options: str) -> Iterator[Served]:
    """Serve a replica until the block ends."""
    truth = folder / f"truth-{releases}-{seed}.jsonl"
    command = [sys.executable, "-m", "tests.replica", "--releases", str(releases), "--seed", str(seed)]
    command += ["--page-size", str(page_size), "--truth", str(truth), *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        environment: dict[str, str] = {}
        for line in process.stdout:
            name, _, value = line.strip().partition("=")
            environment[name] = value
            if name == "SSL_CERT_FILE" or len(environment) >= 3:
                break
        yield Served(
            {**os.environ, **environment}, [json.loads(line) for line in truth.read_text().splitlines()]
        )
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
