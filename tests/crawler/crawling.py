"""How tests order a crawl and read what came of it."""

from __future__ import annotations

import json
import os
import pickle
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests import nursery

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Crawled:
    """What came of a crawl in a child process."""

    result: dict[str, Any]
    log: str

    @property
    def items(self) -> list[dict[str, Any]]:
        """The items that reached the pipelines."""
        return list(self.result["items"])

    def ledger(self, source: str = "xx_demo") -> dict[str, dict[str, Any]]:
        """The addresses of a source by key."""
        return dict(self.result["ledger"].get(source, {}))

    def states(self, source: str = "xx_demo") -> dict[str, str]:
        """How each address of a source ended."""
        return {key: entry["state"] for key, entry in self.ledger(source).items()}


class Crawls:
    """Crawls of one test, one after the other, over one ledger."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._number = 0

    def define(self, text: str, name: str = "xx_demo") -> Path:
        """A definition file of that text."""
        path = self.folder / "xx" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def forget_stamps(self, source: str) -> None:
        """Let the ledger take what it stored for changed, as when an index shows a new change stamp."""
        path = self.folder / "store.pickle"
        store = pickle.loads(path.read_bytes())  # noqa: S301 - our own
        for entry in store.frontier.addresses[source].values():
            entry.found = replace(entry.found, modified="changed")
            entry.fetched_modified = None
        path.write_bytes(pickle.dumps(store))

    def crawl(
        self,
        *,
        definition: Path | None = None,
        spider: str | None = None,
        settings: dict[str, Any] | None = None,
        **arguments: str,
    ) -> Crawled:
        """One crawl to its end."""
        self._number += 1
        order = {
            "store": str(self.folder / "store.pickle"),
            "result": str(self.folder / f"result-{self._number}.json"),
            "settings": settings or {},
            "arguments": arguments,
            **({"definition": str(definition)} if definition else {"spider": spider}),
        }
        order_path = self.folder / f"order-{self._number}.json"
        order_path.write_text(json.dumps(order))
        log = self.folder / f"log-{self._number}"
        process = nursery.start([sys.executable, "-m", nursery.CHILD, str(order_path)], dict(os.environ), log)
        code = nursery.wait(process)
        told = log.read_text()
        assert code == 0, told
        return Crawled(json.loads(Path(str(order["result"])).read_text()), told)
