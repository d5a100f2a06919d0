"""The demo: what is found is compared with what is true, honestly; the whole way through real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from crawler.replica import Replica, TrueStatement
from crawler.source import source_named
from scheduler.demo import compare
from storage.statements import ReleaseView, StatementView
from tests.scheduler.commands import ROOT, contents, numbers, type_command

RELEASES = 120


@pytest.fixture(scope="module")
def truth() -> list[TrueStatement]:
    return list(Replica(releases=RELEASES, seed=7).truth)


def as_found(truth: list[TrueStatement]) -> list[StatementView]:
    """What a perfect crawl shows of the truth."""
    return [
        view(f"s{statement.number}-{part}", [(each.source, each.url) for each in group])
        for statement in truth
        for part, group in enumerate(statement.told_together)
    ]


def view(name: str, places: list[tuple[str, str]]) -> StatementView:
    """A statement that holds the releases at those places; nothing else of it is compared."""
    day = date(2017, 3, 9)
    releases = tuple(
        ReleaseView(
            id=f"r-{source}-{url}", source=source, url=url, language="en", kind="communique", role="original",
            standing=None, title="", said_on=day, posted_on=None, issuers=(), folio=None, body="",
            captured_at=None, withdrawn=None, revision=1, read_by="rules", insertions=0, notes=(),
            capture=None, attribution=None, translator=None,
        )
        for source, url in places
    )  # fmt: skip
    return StatementView(name, "", "communique", day, (), ("en",), releases, None)


def test_what_is_found_as_it_is_equals_the_truth(truth: list[TrueStatement]) -> None:
    comparison = compare(truth, as_found(truth))
    assert comparison.equal
    assert comparison.exact == comparison.true_statements == len(truth)
    assert comparison.found_releases == comparison.true_releases == RELEASES
    assert comparison.found_statements == len(truth) + comparison.alone
    assert comparison.alone > 0


def test_translations_that_name_no_original_may_also_be_joined(truth: list[TrueStatement]) -> None:
    joined = [view(f"s{one.number}", [(each.source, each.url) for each in one.releases]) for one in truth]
    comparison = compare(truth, joined)
    assert comparison.equal
    assert comparison.alone == 0


def test_variants_of_an_address_are_one_place(truth: list[TrueStatement]) -> None:
    found = as_found(truth)
    variants = [
        replace(each, releases=tuple(replace(one, url=f"{one.url}#top") for one in each.releases))
        for each in found
    ]
    assert compare(truth, variants).equal


def test_a_missing_release_is_a_difference(truth: list[TrueStatement]) -> None:
    comparison = compare(truth, as_found(truth)[1:])
    assert not comparison.equal
    assert {each.what for each in comparison.differences} == {"missing release"}


def test_a_release_too_many_is_a_difference(truth: list[TrueStatement]) -> None:
    extra = view("s-extra", [("mexidata", "http://mexidata.info/id99999.html")])
    comparison = compare(truth, [*as_found(truth), extra])
    assert not comparison.equal
    assert [each.what for each in comparison.differences] == ["unexpected release"]


def test_a_statement_in_two_pieces_is_a_difference(truth: list[TrueStatement]) -> None:
    found = as_found(truth)
    whole = next(each for each in found if len(each.releases) > 1)
    pieces = [replace(whole, id=f"s-{n}", releases=(one,)) for n, one in enumerate(whole.releases)]
    comparison = compare(truth, [each for each in found if each is not whole] + pieces)
    assert not comparison.equal
    assert [each.what for each in comparison.differences] == ["split statement"]


def test_two_statements_in_one_are_a_difference(truth: list[TrueStatement]) -> None:
    first, second, *others = as_found(truth)
    together = replace(first, releases=first.releases + second.releases)
    comparison = compare(truth, [together, *others])
    assert not comparison.equal
    assert "joined statements" in {each.what for each in comparison.differences}
    assert comparison.exact == comparison.true_statements - 2


def demo(data: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The demo as a person types it."""
    script = "from scheduler.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", script, "demo", "--releases", str(RELEASES), "--data", str(data), *options],
        cwd=ROOT,
        env={**os.environ, "COMMUNIQUE_CONNECT_TO": "", "TERM": "dumb"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_demo_finds_what_is_true_and_a_second_one_changes_nothing_but_the_runs(
    truth: list[TrueStatement], tmp_path: Path
) -> None:
    data = tmp_path / "demo"
    first = demo(data, "--json")
    assert first.returncode == 0, first.stderr
    (summary,) = map(json.loads, first.stdout.splitlines())
    assert summary["equal"] is True
    assert summary["found_releases"] == summary["true_releases"] == RELEASES
    assert summary["exact_statements"] == summary["true_statements"]
    assert {crawl["ending"] for crawl in summary["crawls"]} == {"finished"}
    before, runs = contents(data), numbers(data, "runs")

    second = demo(data)
    assert second.returncode == 0, second.stderr
    assert contents(data) == before
    assert numbers(data, "runs") == 2 * runs
    assert "Found what is true" in second.stderr
    assert f"communique statements --data {data}" in second.stderr
    assert "2 repost" in second.stdout

    # A joint communique: three ministries' copies, and the mirror's translation by its foot line.
    statements = type_command("statements", "--json", "--data", data, "--source", "mexidata").lines
    joint = [each for each in statements if each["issuers"] == ["mx.sre", "mx.segob", "mx.shcp"]]
    assert joint
    posted = {(one.source, one.key): one.posted_at for statement in truth for one in statement.releases}
    for each in joint:
        assert {one["source"] for one in each["releases"]} == {"mx_sre", "mx_segob", "mx_shcp", "mexidata"}
        assert [one["role"] for one in each["releases"]] == ["original", "translation", "repost", "repost"]
        # Their pages show the same day; the listings show who was first.
        places = [
            (one["source"], source_named(one["source"]).address_key(one["url"])) for one in each["releases"]
        ]
        assert min(places, key=lambda place: (place[0] == "mexidata", posted[place])) == places[0]

    # The captures alone give the same statements again, roles included, whatever the order of arrival.
    rebuilt = tmp_path / "rebuilt"
    assert type_command("ingest", data / "captures", "--data", rebuilt).code == 0
    assert texts_of(rebuilt) == texts_of(data)


def texts_of(data: Path) -> list[list[tuple[str, ...]]]:
    """Statements as their releases with roles and texts. (Which id leads depends on arrival.)"""
    return sorted(
        [(one["id"], one["role"], one["said_on"], one["body"]) for one in line["releases"]]
        for line in type_command("statements", "--json", "--data", data).lines
    )


def test_made_up_releases_are_not_put_among_real_ones(tmp_path: Path) -> None:
    from tests.scheduler.commands import SAMPLES

    page = SAMPLES / "uk_fcdo" / "speech" / "page.json"
    assert type_command("ingest", page, "--data", tmp_path).code == 0
    shown = type_command("demo", "--data", tmp_path)
    assert shown.code == 2
    assert "made-up releases" in shown.err
    assert numbers(tmp_path, "releases") == 1


def test_the_demo_has_a_database_of_its_own(tmp_path: Path) -> None:
    shown = type_command("--database", f"sqlite:///{tmp_path}/x.db", "demo", "--data", tmp_path)
    assert shown.code == 2
    assert "--database" in shown.err


def test_a_folder_holds_one_made_up_world(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text('{"releases": 120, "seed": 7}')
    shown = type_command("demo", "--releases", 121, "--data", tmp_path)
    assert shown.code == 2
    assert "--releases 120 --seed 7" in shown.err
