"""What a person sees and types to decide about statements."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.items import Role
from pipelines.content import ContentLinker
from storage.database import Database, default_url
from tests.linking.judges import CountingJudge
from tests.linking.shelf import NOW, keep, release
from tests.linking.texts import JOINT_EN, JOINT_EN_OTHER, JOINT_ES, JOINT_TITLE, OTHER_EN, OTHER_ES
from tests.scheduler.commands import ROOT, type_command

SRE = release("mx_sre", "reunion", JOINT_ES, JOINT_TITLE)
SEGOB = release("mx_segob", "reunion", JOINT_ES, JOINT_TITLE)
NORWAY = release("mx_sre", "noruega", OTHER_ES, "Noruega", said_on=SRE.said_on + timedelta(days=1))
TRANSLATED = release("mexidata", "m1", JOINT_EN, "Meeting", language="en", role=Role.TRANSLATION)
HALF = "\n\n".join([*JOINT_EN_OTHER.split("\n\n")[:3], OTHER_EN])
DOUBTFUL = release("otro_espejo", "m2", HALF, "Talks", language="en", role=Role.TRANSLATION)


@pytest.fixture
def data(tmp_path: Path, sqlite_template: Path) -> Path:
    """A data folder with three statements and a doubtful translation."""
    shutil.copyfile(sqlite_template, tmp_path / "communique.db")
    database = Database(default_url(tmp_path))
    with database.write() as connection:
        keep(connection, [SRE, SEGOB, NORWAY, TRANSLATED, DOUBTFUL])
    ContentLinker(database, CountingJudge(join=0.75, ask=0.3), lambda: NOW).drain()
    database.close()
    return tmp_path


def decide(data: Path, *words: object, by: str = "Ana", reason: str = "read both") -> object:
    typed = type_command(*words, "--by", by, "--reason", reason, "--data", data, "--json")
    assert typed.code == 0, typed.err
    return typed.lines[0]


def statement_of(data: Path, made: str) -> str:
    (found,) = type_command("show", made, "--data", data, "--json").lines
    return str(found["id"])


def test_a_release_is_split_off_shown_and_brought_back(data: Path) -> None:
    before = statement_of(data, SRE.id)
    told = decide(data, "split", before[:9], SEGOB.id[:9])
    assert isinstance(told, dict)
    assert (told["decision"], told["kind"]) == (1, "split")
    assert statement_of(data, SEGOB.id) != statement_of(data, SRE.id)
    (listed,) = type_command("decisions", "--data", data, "--json").lines
    assert (listed["by"], listed["reason"], listed["stands"]) == ("Ana", "read both", True)
    assert "split" in type_command("decisions", "--data", data).out
    assert type_command("decisions", NORWAY.id, "--data", data, "--json").lines == []
    undone = decide(data, "undo", 1, by="Ben", reason="it is a copy after all")
    assert isinstance(undone, dict)
    assert undone["undone"] == 1
    assert statement_of(data, SEGOB.id) == statement_of(data, SRE.id)
    again = type_command("undo", 1, "--by", "Ben", "--reason", "twice", "--data", data)
    assert (again.code, "undone before" in again.err) == (1, True)


def test_statements_are_merged_and_releases_moved_by_address_or_id(data: Path) -> None:
    merged = decide(data, "merge", SRE.url, NORWAY.id)
    assert isinstance(merged, dict)
    assert statement_of(data, NORWAY.id) == statement_of(data, SRE.id) == statement_of(data, SEGOB.id)
    decide(data, "undo", 1)
    decide(data, "move", SEGOB.id, statement_of(data, NORWAY.id))
    assert statement_of(data, SEGOB.id) == statement_of(data, NORWAY.id)


def test_a_contradiction_is_refused_with_the_earlier_decision(data: Path) -> None:
    decide(data, "split", SRE.id, SEGOB.id)
    words = ["merge", SRE.id, SEGOB.id, "--by", "Ben", "--reason", "no", "--data", data]
    refused = type_command(*words)
    assert refused.code == 1
    assert "number 1, split by Ana" in " ".join(refused.err.split())
    assert type_command(*words, "--supersede").code == 0
    assert statement_of(data, SEGOB.id) == statement_of(data, SRE.id)


def test_a_decision_needs_a_name_a_reason_and_a_database(data: Path, tmp_path: Path) -> None:
    assert type_command("split", SRE.id, SEGOB.id, "--data", data).code == 2
    refused = type_command("split", SRE.id, SEGOB.id, "--by", "machine", "--reason", "x", "--data", data)
    assert (refused.code, "decisions of the machine" in " ".join(refused.err.split())) == (1, True)
    nowhere = tmp_path / "nowhere"
    assert type_command("merge", "s1234", "s5678", "--by", "A", "--reason", "x", "--data", nowhere).code == 1
    assert not nowhere.exists()


def test_why_tells_evidence_shares_rules_and_decisions(data: Path) -> None:
    decide(data, "split", SRE.id, SEGOB.id)
    (told,) = type_command("why", SRE.id, SEGOB.id, "--data", data, "--json").lines
    assert told["together"] is False
    assert {each["kind"] for each in told["evidence"]} == {"same text", "person", "same content"}
    assert told["objection"] == "a person put them apart"
    assert [(each["by"], each["verdict"], each["counts"]) for each in told["decisions"]] == [
        ("Ana", "apart", True)
    ]
    (content,) = [
        line
        for line in type_command("why", TRANSLATED.id, SRE.id, "--data", data, "--json").lines[0]["evidence"]
        if line["model"]
    ]
    assert content["features"]["shares"]
    shown = type_command("why", TRANSLATED.id, SRE.id, "--data", data)
    assert "in one statement" in shown.out
    assert "What adds to the score of translation" in " ".join(shown.out.split())
    assert type_command("why", SRE.id, SRE.id, "--data", data).code == 2
    assert type_command("why", SRE.id, "rffffffff", "--data", data).code == 1


def test_why_names_the_way_between_two_that_only_others_join(data: Path) -> None:
    decide(data, "merge", SRE.id, NORWAY.id)
    (told,) = type_command("why", NORWAY.id, SEGOB.id, "--data", data, "--json").lines
    assert told["together"]
    assert [(each["kind"], each["verdict"]) for each in told["path"]] == [("person", "join")] * 2


def test_what_is_to_be_reviewed_is_listed_where_there_is_no_terminal(data: Path) -> None:
    (first, *_) = lines = type_command("review", "--data", data, "--json").lines
    assert DOUBTFUL.id in {each["id"] for line in lines for each in (line["left"], line["right"])}
    assert first["value"] >= lines[-1]["value"] > 0
    listed = type_command("review", "--data", data)
    assert listed.code == 0
    assert "Talks" in listed.out
    assert "communique merge, split or move" in " ".join(listed.err.split())


def test_a_key_in_a_terminal_decides_at_once(data: Path) -> None:
    """The real command at a pseudo-terminal."""
    assert len(type_command("review", "--data", data, "--json").lines) == 1
    outside, inside = pty.openpty()
    program = "from scheduler.cli import main; main()"
    command = [sys.executable, "-c", program, "review", "--by", "Ana", "--data", str(data)]
    child = subprocess.Popen(
        command, cwd=ROOT, stdin=inside, stdout=inside, stderr=inside,
        env={**os.environ, "TERM": "dumb", "COLUMNS": "100"}, start_new_session=True,
    )  # fmt: skip
    os.close(inside)
    try:
        assert b"Talks" in _read_until(outside, b"q(uit)")
        assert b"Decided: number 1, two statements." in _read_until(outside, b"1 answered", press=b"xn")
        assert child.wait(60) == 0
    finally:
        child.kill()
        child.wait()
        os.close(outside)
    (decision,) = type_command("decisions", "--data", data, "--json").lines
    assert (decision["kind"], decision["by"], decision["reason"]) == ("no", "Ana", "compared side by side")
    assert type_command("review", "--data", data, "--json").lines == []


def _read_until(descriptor: int, wanted: bytes, press: bytes = b"") -> bytes:
    """What comes, to the wanted words. Keys are pressed every second until they come: a terminal that is just
    being told to take single keys forgets what was pressed before."""
    found = b""
    for _ in range(300):
        if wanted in found:
            return found
        if press:
            os.write(descriptor, press)
        while select.select([descriptor], [], [], 1)[0] and wanted not in found:
            try:
                found += os.read(descriptor, 65536)
            except OSError:
                break
    raise AssertionError(f"it did not say {wanted!r}: {found[-500:]!r}")


def test_a_relink_is_planned_and_brought_into_force(data: Path) -> None:
    planned = type_command("relink", "--plan", "--jobs", "1", "--data", data, "--json")
    assert planned.code == 0, planned.err
    *changes, sums = planned.lines
    assert sums["judge"].endswith("texts")
    before = type_command("statements", "--data", data, "--json").lines
    done = type_command("relink", "--jobs", "1", "--data", data, "--json")
    assert done.code == 0, done.err
    assert done.lines[:-1] == changes
    after = type_command("statements", "--data", data, "--json").lines
    assert (before != after) == any(change["what"] != "ask" for change in changes)
    *nothing, sums = type_command("relink", "--plan", "--jobs", "1", "--data", data, "--json").lines
    assert (nothing, sums["links"]) == ([], {"gone": 0})
    assert type_command("relink", "--drop", "--data", data).code == 0


def test_what_waits_is_linked_by_hand(data: Path) -> None:
    assert "Nothing waits" in type_command("link", "run", "--data", data).err
    database = Database(default_url(data))
    with database.write() as connection:
        more = release("uk_fcdo", "n1", OTHER_EN, "Norway", language="en", role=Role.TRANSLATION)
        keep(connection, [more], NOW)
    database.close()
    (told,) = type_command("link", "run", "--data", data, "--json").lines
    assert (told["releases"], told["waiting"], told["problem"]) == (1, 0, None)
