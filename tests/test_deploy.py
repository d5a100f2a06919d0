"""What deploy/ says is what the command understands: compose file, image, units, variables.

Nothing here starts a container. What was started by hand, and what could not be, deploy/README.md tells.
"""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.core import TyperGroup
from typer.main import get_command

from scheduler.cli import app

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
OURS = {name: each for name, each in COMPOSE["services"].items() if name != "database"}
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
UNITS = sorted(DEPLOY.glob("*.service"))


def understood(words: list[str]) -> str:
    """The command that `communique` and these words start, its options parsed; raises where there is none."""
    command: Any = get_command(app)
    names: list[str] = []
    while isinstance(command, TyperGroup) and words and words[0] in command.commands:
        names.append(words[0])
        command = command.commands[words[0]]
        words = words[1:]
    if isinstance(command, TyperGroup) and (not names or (words and not words[0].startswith("-"))):
        raise LookupError(f"No such command: {' '.join([*names, *words])}")
    command.make_context(" ".join(names), list(words), resilient_parsing=False)
    return " ".join(names)


def unit(path: Path) -> configparser.SectionProxy:
    """The section [Service] of a unit file."""
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read_string(path.read_text("utf-8"))
    return read["Service"]


def test_every_service_of_the_compose_file_is_a_command_of_ours() -> None:
    found = {name: understood(each["command"]) for name, each in OURS.items()}
    assert found == {"scheduler": "schedule run", "worker": "worker", "desk": "serve"}


def test_a_command_that_does_not_exist_would_be_noticed() -> None:
    for words in (["worker", "--no-such-option"], ["schedule", "walk"]):
        with pytest.raises(Exception, match=r"No such (option|command)"):
            understood(words)


def test_services_wait_for_the_database_and_may_do_little() -> None:
    for each in OURS.values():
        assert each["depends_on"] == {"database": {"condition": "service_healthy"}}
        assert each["environment"]["COMMUNIQUE_DATABASE"].startswith("postgresql://communique:")
        assert each["volumes"] == ["data:/data"]
        assert (each["read_only"], each["init"], each["cap_drop"]) == (True, True, ["ALL"])
        assert (DEPLOY / each["build"]["context"] / each["build"]["dockerfile"]).resolve().exists()
    volumes = {place.split(":")[0] for each in COMPOSE["services"].values() for place in each["volumes"]}
    assert volumes == set(COMPOSE["volumes"])
    assert "ports" not in COMPOSE["services"]["database"]
    assert all(port.startswith("127.0.0.1:") for each in OURS.values() for port in each.get("ports", ()))


def test_images_come_from_no_named_registry() -> None:
    images = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    images += [each["image"] for each in COMPOSE["services"].values()]
    assert all(re.fullmatch(r"[a-z]+(:[\w.-]+)?", image) for image in images), images


def test_the_image_is_built_from_what_is_there_and_runs_as_nobody_special() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    copied = [line.split()[1:-1] for line in DOCKERFILE.splitlines() if re.match(r"COPY (?!--from)", line)]
    assert all((ROOT / name).exists() for names in copied for name in names)
    (asked,) = re.findall(r"'\.\[([\w,]+)\]'", DOCKERFILE)
    assert set(asked.split(",")) <= set(extras)
    last = DOCKERFILE.rpartition("FROM ")[2]
    assert re.findall(r"^USER (\S+)", last, re.MULTILINE) == ["communique"]
    (command,) = re.findall(r"^CMD (\[.*\])", last, re.MULTILINE)
    assert understood(json.loads(command)) == "schedule run"
    port = json.loads(command)[-1]
    assert f"http://127.0.0.1:{port}/healthz" in last
    kept = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert {f"!{name}" for names in copied for name in names} == {line for line in kept if line[:1] == "!"}


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_a_command_of_ours_with_few_rights(path: Path) -> None:
    service = unit(path)
    program, *words = shlex.split(service["ExecStart"])
    assert program == "/opt/communique/bin/communique"
    assert understood(words)
    assert service["User"] == "communique"
    for name in ("NoNewPrivileges", "PrivateTmp", "ProtectHome", "ProtectKernelModules", "RestrictSUIDSGID"):
        assert service[name] == "yes"
    assert (service["ProtectSystem"], service["CapabilityBoundingSet"]) == ("strict", "")
    if service["Type"] == "notify":
        assert int(service["WatchdogSec"]) >= 60


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    for path in UNITS:
        # The program must be there: this one stands in for it.
        text = path.read_text("utf-8").replace("/opt/communique/bin/communique", sys.executable)
        (tmp_path / path.name).write_text(text)
    units = [str(tmp_path / path.name) for path in UNITS]
    verify = ["systemd-analyze", "verify", *units]
    checked = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_every_variable_that_is_set_is_one_that_is_read() -> None:
    readers = ("crawler/settings.py", "scheduler/service/settings.py")
    read = "".join((ROOT / name).read_text("utf-8") for name in readers)
    texts = [path.read_text("utf-8") for path in (*UNITS, DEPLOY / "compose.yaml", DEPLOY / "env.example")]
    named = set(re.findall(r"\bCOMMUNIQUE_[A-Z_]+", "".join(texts) + DOCKERFILE))
    assert named
    assert {name for name in named if f'"{name}"' not in read} == set()


def test_passwords_are_left_to_be_filled_in() -> None:
    lines = (DEPLOY / "env.example").read_text("utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert given["POSTGRES_PASSWORD"] == given["COMMUNIQUE_CONTACT"] == ""
