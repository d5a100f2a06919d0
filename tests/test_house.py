"""The house: its four names are ours alone, and imports point one way."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("crawler", "pipelines", "storage", "scheduler", "web")


@pytest.mark.parametrize("room", ROOMS)
def test_no_other_distribution_owns_the_name_of_a_room(room: str) -> None:
    owners = set(importlib.metadata.packages_distributions().get(room, []))
    assert owners <= {"communique"}, f"{owners} installs a package named {room} over ours"


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_imported_from_this_checkout(room: str) -> None:
    module = __import__(room)
    assert module.__file__ is not None
    assert Path(module.__file__).is_relative_to(ROOT)


def test_imports_point_one_way() -> None:
    pytest.importorskip("importlinter", reason="comes with: pip install -e '.[dev]'")
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_only_the_crawlers_settings_read_the_environment() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"os\.environ|os\.getenv|environ\[", path.read_text())
    ]
    # A forked child takes over the environment that it was given.
    assert set(readers) <= {"crawler/settings.py", "crawler/nursery/child.py"}


RUNS_TEXT = {"eval", "exec", "compile", "__import__"}
OF_MODULES = {
    "os": {"system", "popen"},
    "subprocess": {"getoutput", "getstatusoutput"},
    "asyncio": {"create_subprocess_shell"},
    "pickle": {"load", "loads"},
    "marshal": {"load", "loads"},
    "shelve": {"open"},
}


def _runs_text(call: ast.Call) -> bool:
    shell = any(
        word.arg == "shell" and not (isinstance(word.value, ast.Constant) and word.value.value is False)
        for word in call.keywords
    )
    match call.func:
        case ast.Name(id=name):
            return shell or name in RUNS_TEXT
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            return shell or name in OF_MODULES.get(module, ())
    return shell


@pytest.mark.parametrize(
    ("line", "runs"),
    [
        ("os.system(title)", True),
        ("subprocess.run(title, shell=True)", True),
        ("subprocess.Popen([program, title])", False),
        ("eval(title)", True),
        ("pickle.loads(body)", True),
        ("re.compile(pattern)", False),
    ],
)
def test_what_would_run_a_text_is_recognised(line: str, runs: bool) -> None:
    call = ast.parse(line, mode="eval").body
    assert isinstance(call, ast.Call)
    assert _runs_text(call) is runs


def test_no_room_hands_a_text_to_a_shell_or_an_interpreter() -> None:
    """What was fetched is shown and compared; there is no call through which it could be run."""
    running = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and _runs_text(node)
    ]
    assert running == []


def test_every_room_says_what_may_live_there_and_what_may_not() -> None:
    for room in ROOMS:
        text = ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text())) or ""
        assert re.match(r"[A-Z]+: ", text)
        assert "May not live here" in text


def test_no_file_hides_more_than_one_reading_holds() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > 500
    }
    assert not long


def test_the_lock_is_names_and_versions_only() -> None:
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert line.startswith("#") or re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line), line


def test_the_readme_names_every_command_and_no_other() -> None:
    from typer.core import TyperGroup
    from typer.main import get_command

    from scheduler.cli import app

    table = re.search(r"\| command \|.*?\n\n", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert table is not None
    first = [row.split("|")[1] for row in table[0].splitlines()[2:] if row]
    named = [name for cell in first for name in re.findall(r"`(\w+)`", cell)]
    commands = get_command(app)
    assert isinstance(commands, TyperGroup)
    assert sorted(named) == sorted(commands.commands)
