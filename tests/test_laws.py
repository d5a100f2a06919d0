"""The page that says which tests hold which rule names tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NODE = re.compile(r"`(tests/[^`:]+\.py::[^`]+)`")


@cache
def collectable(file: str) -> frozenset[str]:
    """Node ids of a file's tests without their parameters: functions, and methods of classes."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    found: set[str] = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            found.add(f"{file}::{node.name}")
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            found |= {
                f"{file}::{node.name}::{each.name}"
                for each in node.body
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name.startswith("test_")
            }
    return frozenset(found)


def exists(node: str) -> bool:
    return node in collectable(node.partition("::")[0])


PAGE = (ROOT / "docs" / "laws.md").read_text()
RULES = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]


def test_the_ten_rules_stand_there_in_order() -> None:
    assert [rule.partition(".")[0] for rule in RULES] == [str(number) for number in range(1, 11)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"rule {rule.partition('.')[0]}")
def test_every_test_that_a_rule_names_exists(rule: str) -> None:
    rows = [line for line in rule.splitlines() if line.startswith("| ") and "| noticed by |" not in line]
    assert rows
    for row in rows:
        assert NODE.search(row), f"no test is named: {row}"
    assert [node for node in NODE.findall(rule) if not exists(node)] == []


@pytest.mark.parametrize(
    ("node", "known"),
    [
        ("tests/test_laws.py::test_a_test_that_is_not_there_is_noticed", True),
        ("tests/test_laws.py::test_that_nobody_wrote", False),
        ("tests/test_laws.py::exists", False),
        ("tests/test_nothing.py::test_x", False),
        ("tests/storage/test_captures.py::test_what_is_not_there_is_named", False),
        ("tests/storage/test_captures.py::TestReading::test_what_is_not_there_is_named", True),
    ],
)
def test_a_test_that_is_not_there_is_noticed(node: str, known: bool) -> None:
    assert exists(node) is known
