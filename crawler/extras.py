"""How parts that are not in the default install are got: said in one way wherever one is missing."""

from __future__ import annotations


def how_to_install(extra: str) -> str:
    """The command, as in the README, that adds an extra of pyproject.toml to a checkout."""
    return f"pip install -c constraints.txt -e '.[{extra}]'"
