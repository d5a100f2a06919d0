"""What is missing is told with the command that gets it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from crawler.extras import how_to_install

ROOT = Path(__file__).parents[1]
FOLDERS = ("crawler", "pipelines", "storage", "scheduler", "web")


def test_the_command_is_the_one_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert how_to_install("web") in readme
    assert how_to_install("postgresql,pdf") in readme


def test_messages_name_extras_that_there_are_and_by_this_command_only() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    named: set[str] = set()
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text("utf-8")
            named |= set(re.findall(r"how_to_install\(['\"](\w+)['\"]\)", text))
            assert "pip install" not in text or path.name == "extras.py", path
    assert {"web", "export", "workers", "alerts", "browser", "pdf", "postgresql"} <= named <= set(extras)
