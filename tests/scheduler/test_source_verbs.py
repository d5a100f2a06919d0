"""`communique source`: fact sheets, checks on samples and sites, captures, new sources."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.replica.faults import Fault, FaultKind
from crawler.source import crawled_sources, source_named
from scheduler.capturing import NotCaptured, fetched
from scheduler.contract import check_source
from scheduler.live import LiveReport, check_live, named
from scheduler.samples import SAMPLES
from tests.replica.catalogue import CatalogueReplica
from tests.scheduler.commands import ROOT, type_command
from tests.test_samples import all_samples

DHS = "https://www.dhs.gov/news/2025/05/20/dhs-opens-hurricane-supply-center-mobile"


# show


@pytest.mark.parametrize("name", list(crawled_sources()))
def test_a_fact_sheet_tells_everything_that_a_definition_says(name: str) -> None:
    (sheet,) = type_command("source", "show", name, "--json").lines
    source = source_named(name)
    assert sheet["languages"] == list(source.languages)
    assert len(sheet["layouts"]) == len(source.layouts())
    assert [each["is"] for each in sheet["found_by"]] == [
        type(each).__name__ for each in source.discoveries()
    ]
    assert [each["fact"] for each in sheet["facts"]] == [each[3:] for each in source.facts]
    assert {each["confidence"] for each in sheet["facts"]} <= {"high", "medium", "low"}
    assert sheet["unverified"] == list(source.unverified)
    assert {each["case"] for each in sheet["samples"]} == {path.name for path in (SAMPLES / name).iterdir()}
    assert sheet["digest"].startswith("sha256:")


def test_a_fact_sheet_for_a_person_names_selectors_and_confidence() -> None:
    shown = type_command("source", "show", "us_dhs").out
    assert "timezone: America/New_York" in shown
    assert "confidence: high" in shown
    assert "is: Listing" in shown


def test_a_name_that_no_source_has_is_answered_with_the_names_there_are() -> None:
    typed = type_command("source", "show", "us_dsh")
    assert typed.code == 2
    assert "us_dhs" in typed.err


# check, offline


def test_every_source_keeps_its_contract() -> None:
    typed = type_command("source", "check")
    assert typed.code == 0, typed.out
    assert "0 failed" in typed.err


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The samples of one source, in a folder of their own."""
    shutil.copytree(SAMPLES / "us_dhs", tmp_path / "us_dhs")
    return tmp_path


def test_a_redesigned_page_fails_field_by_field(copied: Path) -> None:
    page = copied / "us_dhs" / "current" / "page.html"
    page.write_text(page.read_text("utf-8").replace("May 20, 2025", "May 21, 2025"), "utf-8")
    typed = type_command("source", "check", "us_dhs", "--samples", copied, "--json")
    assert typed.code == 1
    wrong = {each["field"]: each["problem"] for each in typed.lines if each["problem"]}
    assert wrong["item.posted_on"] == "expected '2025-05-20', found '2025-05-21'"
    assert "item.title" not in wrong


def test_a_sample_at_an_address_of_no_release_is_refused_whatever_is_expected_of_it(copied: Path) -> None:
    case = copied / "us_dhs" / "current"
    meta = (case / "meta.json").read_text("utf-8")
    (case / "meta.json").write_text(meta.replace("dhs.gov/news/", "dhs.gov/about/"), "utf-8")
    page = (case / "page.html").read_text("utf-8")
    (case / "page.html").write_text(page.replace("dhs.gov/news/", "dhs.gov/about/"), "utf-8")
    wrong = {each.field: each.problem or "" for each in check_source(source_named("us_dhs"), copied)}
    assert "expected an address of us_dhs" in wrong["invariants"]


def test_a_missing_index_and_a_missing_language_are_named(copied: Path) -> None:
    for case in (copied / "us_dhs").iterdir():
        if json.loads((case / "meta.json").read_text("utf-8")).get("discovery") == 0:
            shutil.rmtree(case)
    wrong = [each.field for each in check_source(source_named("us_dhs"), copied) if each.problem]
    assert wrong == ["index 0"]
    absent = [each.field for each in check_source(source_named("ca_gac"), copied) if each.problem]
    assert absent == ["index 0", "release in en", "release in fr"]


def test_a_missing_expectation_is_drafted_and_does_not_count(copied: Path) -> None:
    expected = copied / "us_dhs" / "current" / "expected.json"
    expected.unlink()
    for _ in range(2):
        wrong = [each for each in check_source(source_named("us_dhs"), copied) if each.problem]
        assert [(each.sample, each.field) for each in wrong] == [("current", "expected.json")]
        assert 'delete the line "reviewed"' in (wrong[0].problem or "")
    assert json.loads(expected.read_text("utf-8"))["reviewed"] is False


def test_an_installed_package_without_samples_says_so(tmp_path: Path) -> None:
    typed = type_command("source", "check", "--samples", tmp_path / "none")
    assert typed.code == 1
    assert "run this in a checkout" in " ".join(typed.err.split())


# check, live


@pytest.fixture(scope="module")
def web() -> Iterator[CatalogueReplica]:
    wanted = ("us_dhs", "uk_fcdo")
    with CatalogueReplica([each for each in all_samples() if each.source.name in wanted]) as replica:
        yield replica


def live(web: CatalogueReplica, name: str) -> LiveReport:
    (report,) = check_live([source_named(name)], web.environment)
    return report


def test_a_live_check_fetches_an_index_and_a_release_and_reports_each_field(web: CatalogueReplica) -> None:
    before = len(web.log)
    report = live(web, "us_dhs")
    asked = [each.path for each in web.log[before:]]
    found = {(each.of, each.field): each.result for each in report.findings}
    assert (report.result, report.passed) == ("as declared", True)
    assert found["index", "0 entries"] == found["release", "title"] == found["release", "posted"] == "found"
    assert "/robots.txt" in asked
    assert sum(target.startswith("/news/20") for target in asked) == 1
    assert [each.fact for each in report.unverified] == list(source_named("us_dhs").unverified)
    assert all(each.state.startswith("to be settled") for each in report.unverified)


@pytest.mark.parametrize(
    ("kind", "path", "result"),
    [
        (FaultKind.CHALLENGE, "^/news", "challenge"),
        (FaultKind.CHALLENGE, "^/news/20", "challenge"),
        (FaultKind.TRUNCATED, "^/news/20", "network"),
    ],
)
def test_what_stops_a_live_check_is_named(
    web: CatalogueReplica, kind: FaultKind, path: str, result: str
) -> None:
    fault = web.faults.add(Fault(kind, "www.dhs.gov", path))
    try:
        report = live(web, "us_dhs")
    finally:
        web.faults.remove(fault)
    assert (report.result, report.passed) == (result, False)


def test_a_certificate_that_nobody_vouches_for_is_a_tls_error(web: CatalogueReplica) -> None:
    bare = {name: value for name, value in web.environment.items() if name != "SSL_CERT_FILE"}
    (report,) = check_live([source_named("us_dhs")], bare)
    assert (report.result, report.passed) == ("TLS error", False)
    assert all(each.state.startswith("open") for each in report.unverified)


@pytest.mark.parametrize(
    ("failure", "words", "name"),
    [
        ("robots.txt", "forbidden", "blocked by robots.txt"),
        ("network", "took longer than 60 seconds", "timeout"),
        (None, "empty listing: https://x.example lists nothing", "empty"),
        ("layout changed", "no text", "layout changed"),
        ("soft 404", "not found", "soft 404"),
        (None, "the process ended", "failed"),
    ],
)
def test_results_of_live_checks_have_names_for_a_person(failure: str | None, words: str, name: str) -> None:
    assert named(failure, words) == name


# capture


def test_a_saved_page_becomes_a_sample_that_fails_until_it_is_reviewed(tmp_path: Path, copied: Path) -> None:
    saved = SAMPLES / "us_dhs" / "current" / "page.html"
    url = DHS.replace("mobile", "tampa")
    words = ("source", "capture", "us_dhs", url, "--file", saved, "--case", "tampa", "--samples", copied)
    assert type_command(*words).code == 0
    folder = copied / "us_dhs" / "tampa"
    assert (folder / "page.html").read_bytes() == saved.read_bytes()
    assert json.loads((folder / "meta.json").read_text("utf-8"))["url"] == url
    assert json.loads((folder / "expected.json").read_text("utf-8"))["reviewed"] is False
    assert type_command("source", "check", "us_dhs", "--samples", copied).code == 1
    again = type_command(*words)
    assert again.code == 1
    assert "is there already" in again.err


def test_an_index_and_a_record_are_told_by_their_addresses(tmp_path: Path) -> None:
    for sample in all_samples():
        if (
            sample.folder.parent.name not in ("us_dhs", "uk_fcdo", "ca_gac")
            or "failure" in sample.folder.name
        ):
            continue
        typed = type_command(
            "source", "capture", sample.source.name, sample.meta["url"], "--file", sample.page,
            "--case", sample.folder.name, "--language", sample.meta["language"], "--samples", tmp_path,
        )  # fmt: skip
        assert typed.code == 0, typed.err
        folder = tmp_path / sample.source.name / sample.folder.name
        meta = json.loads((folder / "meta.json").read_text("utf-8"))
        assert meta.get("discovery") == sample.meta.get("discovery"), sample.name
        assert (folder / sample.page.name).is_file(), sample.name


def test_an_address_elsewhere_is_not_asked() -> None:
    with pytest.raises(NotCaptured, match="on one of the hosts of us_dhs"):
        fetched(source_named("us_dhs"), "https://example.org/news/2025/05/20/x")


def test_a_page_is_fetched_for_a_sample_as_a_crawl_fetches(
    web: CatalogueReplica, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in web.environment.items():
        monkeypatch.setenv(name, value)
    typed = type_command("source", "capture", "us_dhs", DHS, "--case", "fresh", "--samples", tmp_path)
    assert typed.code == 0, typed.err
    assert (tmp_path / "us_dhs" / "fresh" / "page.html").read_bytes() == (
        SAMPLES / "us_dhs" / "current" / "page.html"
    ).read_bytes()
    gone = type_command("source", "capture", "us_dhs", DHS + "-2", "--samples", tmp_path)
    assert gone.code == 1
    assert "http status" in gone.err


# new


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what a contributor's checkout holds."""
    for name in ("crawler", "pipelines", "storage", "scheduler"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tests" / "samples").mkdir(parents=True)
    for name in ("README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def files_of(tree: Path) -> dict[Path, bytes]:
    skipped = ("__pycache__",)
    return {
        path.relative_to(tree): path.read_bytes()
        for path in tree.rglob("*")
        if path.is_file() and not any(part in skipped for part in path.parts)
    }


def in_tree(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    code = "from scheduler.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *words], cwd=tree, capture_output=True, text=True, check=False
    )


NEW = (
    "source", "new", "--name", "zz_harbours", "--title", "Ministry of Harbours", "--issuer", "ch.fdfa",
    "--languages", "de,en", "--timezone", "Europe/Zurich",
    "--listing", "https://www.harbours.example/news?page={page}", "--path", "news/(?P<slug>[^/]+)",
    "--archive-from", "2024-01-02",
)  # fmt: skip


def test_an_invented_ministry_needs_definition_samples_and_table_and_no_other_file(tree: Path) -> None:
    before = files_of(tree)
    made = in_tree(tree, *NEW, "--tree", str(tree))
    assert made.returncode == 0, made.stderr
    # A draft is written for each sample, and fails.
    first = in_tree(tree, "source", "check", "zz_harbours")
    assert first.returncode == 1, first.stderr
    for expected in (tree / "tests/samples/zz_harbours").glob("*/expected.json"):
        reviewed = json.loads(expected.read_text("utf-8"))
        del reviewed["reviewed"]
        expected.write_text(json.dumps(reviewed, ensure_ascii=False, indent=2), "utf-8")
    last = in_tree(tree, "source", "check", "zz_harbours")
    assert last.returncode == 0, last.stdout
    after = files_of(tree)
    changed = {path for path in after if after[path] != before.get(path)}
    assert {path for path in changed if "zz_harbours" not in str(path)} == {Path("README.md")}
    assert b"| `zz_harbours` |" in after[Path("README.md")]
    # What is expected of its pages is releases, and its address is one of the source.
    for case in ("release-de", "release-en"):
        expected = json.loads(after[Path(f"tests/samples/zz_harbours/{case}/expected.json")])
        assert "held" not in expected["release"], expected["release"]
    definition = after[Path("crawler/sources/zz/zz_harbours.py")].decode()
    assert len(definition.splitlines()) <= 45


def test_a_body_that_speaks_for_the_first_time_is_asked_for_by_name(tree: Path) -> None:
    words = [each if each != "ch.fdfa" else "zz.harbours" for each in NEW]
    made = in_tree(tree, *words, "--tree", str(tree))
    assert made.returncode == 0, made.stderr
    assert 'body("zz.harbours"' in made.stderr
    assert '"zz": Country(' in made.stderr
    assert (tree / "crawler/sources/zz/zz_harbours.py").is_file()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("zz_harbours", "Harbours", "expected a name like at_bmeia"),
        ("Europe/Zurich", "Europe/Zuerich", "is not an IANA time zone"),
        ("news/(?P<slug>[^/]+)", "news/[^/]+", "expected --path with a named group"),
    ],
)
def test_what_a_definition_may_not_say_is_refused_and_nothing_is_written(
    tree: Path, old: str, new: str, told: str
) -> None:
    before = files_of(tree)
    made = in_tree(tree, *(new if each == old else each for each in NEW), "--tree", str(tree))
    assert made.returncode == 1
    assert told in " ".join(made.stderr.split())
    assert files_of(tree) == before
