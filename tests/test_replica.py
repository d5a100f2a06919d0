"""The replica's world: deterministic, exactly as large as asked for, its texts apart where they should be."""

from __future__ import annotations

import itertools
import json
import re
import signal
import socket
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from crawler.items import Role
from crawler.replica.composition import Composer, outline
from crawler.replica.plan import Plan
from crawler.replica.wording import wordings
from tests.replica import SOURCES, Replica
from tests.replica.client import LISTING, SMALL, STATE_API, Client, some_url

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def small() -> Replica:
    """A world that is not served."""
    return Replica(SMALL, 7)


def pages_of(replica: Replica) -> list[bytes]:
    client = Client(replica.environment)
    urls = [some_url(replica, source) for source in SOURCES]
    urls += ["https://www.gob.mx/sre/archivo/prensa", f"{STATE_API}?per_page=50"]
    return [client.get(url).body for url in urls]


# The world


def test_the_same_seed_gives_the_same_bytes() -> None:
    with Replica(SMALL, 3) as one, Replica(SMALL, 3) as other:
        assert pages_of(one) == pages_of(other)
        assert list(one.truth.lines()) == list(other.truth.lines())


def test_another_seed_gives_another_world() -> None:
    one, other = Replica(60, 3), Replica(60, 4)
    assert not set(one.truth.lines()) & set(other.truth.lines())


@pytest.mark.parametrize("wanted", [1, 2, 7, 101, 500, 1_999])
def test_there_are_exactly_as_many_releases_as_asked_for(wanted: int) -> None:
    replica = Replica(wanted, 11)
    numbers = [number for each in replica.truth for number in (release.number for release in each.releases)]
    assert numbers == list(range(wanted))


def test_a_world_without_releases_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one release"):
        Replica(0, 7)


def test_every_source_and_every_pattern_of_versions_appears(small: Replica) -> None:
    truth = list(Replica(500, 7).truth)
    assert {release.source for each in truth for release in each.releases} == set(SOURCES)
    families = {each.family for each in truth}
    assert {
        "joint",
        "joint_mirrored",
        "sre_official",
        "state_translated",
        "state_dhs",
        "exchange",
    } <= families
    assert any(each.follows is not None for each in truth)
    assert {release.language for each in truth for release in each.releases} == {"es", "en", "fr", "ar"}


def test_nothing_is_posted_after_the_end_of_the_history() -> None:
    replica = Replica(700, 7, end=date(2024, 3, 5))
    days = [release.posted_on for release in replica.truth.releases()]
    assert max(days) == date(2024, 3, 5)
    assert all(release.said_on <= release.posted_on for release in replica.truth.releases())


def test_a_mirror_posts_on_mondays_what_was_said_days_before(small: Replica) -> None:
    mirrored = [each for each in small.truth.releases() if each.source == "mexidata"]
    assert mirrored
    for each in mirrored:
        assert each.posted_on.weekday() == 0
        assert 2 <= (each.posted_on - each.said_on).days <= 8


def test_folios_count_up_in_each_year_and_the_english_release_has_its_originals() -> None:
    replica = Replica(3_000, 7)
    numbered: dict[tuple[str, int], list[int]] = {}
    for statement in replica.truth:
        originals = [each for each in statement.releases if each.source == "mx_sre" and each.language == "es"]
        for release in statement.releases:
            if release.source == "mx_sre" and release.language == "en":
                assert release.folio == originals[0].folio
            elif release.folio:
                numbered.setdefault((release.source, release.said_on.year), []).append(int(release.folio))
    assert len({year for _, year in numbered}) > 1
    for folios in numbered.values():
        assert sorted(folios) == list(range(1, len(folios) + 1))


def test_a_joint_communique_stands_on_three_ministries_and_all_three_speak(small: Replica) -> None:
    joint = [each for each in small.truth if each.family.startswith("joint")]
    assert joint
    for each in joint:
        copies = [release for release in each.releases if release.language == "es"]
        assert [release.source for release in copies] == ["mx_sre", "mx_segob", "mx_shcp"]
        assert [release.role for release in copies] == [Role.ORIGINAL, Role.REPOST, Role.REPOST]
        assert all(release.issuers == ("mx.sre", "mx.segob", "mx.shcp") for release in each.releases)
        assert len({release.body for release in copies}) > 1


def test_only_states_translations_are_tied_to_their_originals_by_nothing_but_what_they_say() -> None:
    for each in Replica(500, 7).truth:
        groups = each.told_together
        assert tuple(release for group in groups for release in group) == each.releases
        languages = [{release.language for release in group} for group in groups]
        assert languages == [{"en"}, {"es"}] if each.family == "state_translated" else len(groups) == 1


def test_a_late_evening_in_washington_is_another_day_in_utc() -> None:
    late = [
        each
        for each in Replica(2_000, 7).truth.releases()
        if each.source == "us_state" and each.posted_at.date() != each.posted_on
    ]
    assert late


def test_truth_names_the_address_key_of_the_shipped_definition(small: Replica) -> None:
    keys = [(each.source, each.key) for each in small.truth.releases()]
    assert None not in {key for _, key in keys}
    assert len(set(keys)) == SMALL


def test_the_plan_of_twenty_thousand_releases_is_small() -> None:
    tracemalloc.start()
    try:
        plan = Plan(20_000, 7, date(2026, 10, 30))
        kept = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(plan.statement) == 20_000
    assert kept < 2_000_000


# Texts


def shingles(paragraphs: tuple[str, ...]) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", " ".join(paragraphs).lower())
    return {tuple(words[start : start + 3]) for start in range(len(words) - 2)}


def resemblance(one: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> float:
    return len(one & other) / len(one | other)


def resemblances(texts: Sequence[set[tuple[str, ...]]]) -> list[float]:
    """Of all pairs; counted through the shingles that they share, because most share few."""
    holders: dict[tuple[str, ...], list[int]] = {}
    for number, text in enumerate(texts):
        for shingle in text:
            holders.setdefault(shingle, []).append(number)
    shared = Counter(pair for held in holders.values() for pair in itertools.combinations(held, 2))
    return [
        shared[one, other] / (len(texts[one]) + len(texts[other]) - shared[one, other])
        for one, other in itertools.combinations(range(len(texts)), 2)
    ]


@pytest.mark.parametrize("language", ["es", "en", "fr", "ar"])
def test_unrelated_texts_are_far_apart(language: str) -> None:
    texts = [
        shingles(Composer(outline(7, number, date(2026, 10, 1)), language, "la oficina", "O").body())
        for number in range(500)
    ]
    found = resemblances(texts)
    assert len(found) == 124_750
    assert max(found) < 0.28
    assert sum(found) / len(found) < 0.1


def test_copies_in_one_language_are_near() -> None:
    pairs = [
        (one, other)
        for statement in Replica(4_000, 7).truth
        for one, other in itertools.combinations(statement.releases, 2)
        if one.language == other.language
    ]
    assert len(pairs) > 300
    assert min(resemblance(shingles(one.body), shingles(other.body)) for one, other in pairs) > 0.9


def test_exchange_rates_of_two_days_look_alike_and_have_other_figures() -> None:
    days = [each.releases[0] for each in Replica(500, 7).truth if each.family == "exchange"]
    assert len(days) > 10
    for one, other in itertools.pairwise(days):
        assert one.body != other.body
        assert 0.6 < resemblance(shingles(one.body), shingles(other.body)) < 0.9


def test_a_follow_up_has_the_headline_of_another_statement_and_another_text() -> None:
    truth = Replica(2_000, 7).truth
    pairs = [(each, truth[each.follows]) for each in truth if each.follows is not None]
    assert pairs
    for later, earlier in pairs:
        assert later.said_on >= earlier.said_on
        assert 0 < resemblance(shingles(later.releases[0].body), shingles(earlier.releases[0].body)) < 0.75


def test_translations_say_the_same_figures_and_names(small: Replica) -> None:
    translated = [each for each in small.truth if {"es", "en"} <= {it.language for it in each.releases}]
    assert translated
    for each in translated:
        spanish, english = (
            next(" ".join(it.body) for it in each.releases if it.language == language)
            for language in ("es", "en")
        )
        figures = set(re.findall(r"\d+[.,]\d+", spanish)) | set(re.findall(r"“(\w+ \w+ \d{4})”", spanish))
        assert all(figure in english for figure in figures)


def test_sentences_of_all_languages_have_the_same_slots() -> None:
    words = wordings()
    for section in ("titles", "leads", "sentences", "quotes", "closings"):
        spanish = getattr(words["es"], section)
        for language in ("en", "fr"):
            other = getattr(words[language], section)
            slots = [sorted(re.findall(r"\{(\w)\}", each)) for each in other]
            assert slots == [sorted(re.findall(r"\{(\w)\}", each)) for each in spanish]


# The command


def test_the_command_says_what_to_set_serves_and_ends_cleanly(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.replica", "--releases", "40", "--seed", "9"]
    command += ["--truth", str(tmp_path / "truth.jsonl"), "--log", str(tmp_path / "log")]
    command += ["--fault", "503@www.gob.mx:/archivo/:1"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().rstrip("\n") for _ in range(3)]
        environment = dict(line.split("=", 1) for line in lines)
        assert set(environment) == {"COMMUNIQUE_CONNECT_TO", "COMMUNIQUE_CONNECT_DELAY", "SSL_CERT_FILE"}
        client = Client(environment)
        assert [client.get(LISTING.format(page=1)).status for _ in range(2)] == [503, 200]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    assert not Path(environment["SSL_CERT_FILE"]).parent.exists()
    statements = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text().splitlines()]
    assert sum(len(each["releases"]) for each in statements) == 40
    assert (tmp_path / "log").read_text().count(" www.gob.mx ") == 2


def test_a_taken_port_is_told_and_nothing_is_left_behind() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        replica = Replica(5, 7, port=taken.getsockname()[1])
        with pytest.raises(OSError, match="address already in use"):
            replica.start()
    with pytest.raises(RuntimeError, match="does not serve"):
        _ = replica.environment
