"""The page that the project began with: a joint communique and its English translation on a mirror.

Both are ours (benchmarks/linking/texts/01-border-visit.txt); the translation has no foot line, so nothing but
what is said ties the two. Around them stand the other texts of that meeting.
"""

from __future__ import annotations

from datetime import date

import pytest

from benchmarks.linking.build import Release, build
from crawler.items import KindOfRelease
from pipelines.linking.collection import gather, link
from pipelines.linking.differences import find_differences
from pipelines.linking.records import Record
from pipelines.linking.rows import Text
from pipelines.linking.weights import WeightSet, load_weights


@pytest.fixture(scope="module")
def releases() -> dict[str, Release]:
    return {each.id: each for each in build() if each.id.startswith("border-visit")}


@pytest.fixture(scope="module")
def statements(releases: dict[str, Release]) -> dict[str, str]:
    weights = load_weights()

    def weights_for(_one: Record, _other: Record) -> WeightSet:
        return weights

    return dict(link(gather(map(_record, releases.values())), weights_for).statements)


def _record(release: Release) -> Record:
    return Record(
        release.id,
        release.source,
        release.url,
        release.lang,
        date.fromisoformat(release.date),
        release.title,
        release.text,
        KindOfRelease.COMMUNIQUE,
        (),
        None,
        None,
        None,
    )


def test_the_mirrors_translation_joins_its_original_by_content_alone(statements: dict[str, str]) -> None:
    assert statements["border-visit/en-mirror"] == statements["border-visit/es-sre"]


def test_the_foot_line_is_gone_and_the_headline_is_another(releases: dict[str, Release]) -> None:
    mirror = releases["border-visit/en-mirror"]
    assert "translation" not in mirror.text.casefold()
    assert "communique" not in mirror.text.casefold()
    assert mirror.date > releases["border-visit/es-sre"].date


def test_the_three_ministries_and_the_french_embassy_have_the_same_statement(
    statements: dict[str, str],
) -> None:
    ours = statements["border-visit/es-sre"]
    for name in ("es-segob", "es-shcp", "fr-embassy"):
        assert statements[f"border-visit/{name}"] == ours


def test_the_other_sides_account_the_transcript_and_the_next_day_are_other_statements(
    statements: dict[str, str],
) -> None:
    ours = statements["border-visit/es-sre"]
    others = (
        "border-visit-us-readout/en",
        "border-visit-us-readout/es",
        "border-visit-transcript/es",
        "border-visit-follow-up/es",
        "border-visit-follow-up/en",
    )
    assert all(statements[each] != ours for each in others)


def test_the_translation_differs_from_the_original_in_an_insertion_only(releases: dict[str, Release]) -> None:
    original, mirror = releases["border-visit/es-sre"], releases["border-visit/en-mirror"]
    found = find_differences(
        Text("es", original.text),
        Text("en", mirror.text),
        days={date.fromisoformat(each.date) for each in (original, mirror)},
    )
    assert [(flag.kind, flag.right) for flag in found.flags] == [("inserted", "[in the United States]")]
