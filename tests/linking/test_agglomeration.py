"""Groups of releases are joined by what all their pairs say, in whatever order they are given."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence

from pipelines.linking.agglomeration import join_groups

Pair = tuple[str, str]


def joined(
    margins: Mapping[Pair, float],
    languages: Mapping[str, str],
    groups: Sequence[Sequence[str]] | None = None,
    apart: Sequence[Pair] = (),
    parts: Collection[str] = (),
) -> set[frozenset[str]]:
    given = groups or [[each] for each in languages]
    members = {some[0]: list(some) for some in given}

    def may_join(one: str, other: str) -> bool:
        return not any(
            {left, right} == set(pair) for pair in apart for left in members[one] for right in members[other]
        )

    def join(one: str, other: str) -> str:
        kept, dropped = sorted((one, other))
        members[kept] += members.pop(dropped)
        return kept

    several = {name: tuple(some) for name, some in members.items()}
    join_groups(several, margins, languages, may_join, join, parts)
    return {frozenset(some) for some in members.values()}


def test_a_pair_over_the_threshold_is_joined_and_one_below_is_not() -> None:
    languages = {"a": "en", "b": "es", "c": "fr"}
    assert joined({("a", "b"): 1.0, ("b", "c"): -1.0}, languages) == {frozenset("ab"), frozenset("c")}


def test_a_weak_translation_is_carried_by_the_strong_ones() -> None:
    languages = {"a": "en", "b": "es", "c": "ja"}
    margins = {("a", "b"): 6.0, ("a", "c"): 5.0, ("b", "c"): -1.0}
    assert joined(margins, languages) == {frozenset("abc")}


def test_one_false_resemblance_does_not_join_two_statements() -> None:
    languages = {"a": "en", "b": "es", "c": "en", "d": "es"}
    margins = {("a", "b"): 6.0, ("c", "d"): 6.0, ("a", "d"): 3.0}
    assert joined(margins, languages) == {frozenset("ab"), frozenset("cd")}


def test_two_texts_of_one_language_that_share_nothing_speak_against_their_groups() -> None:
    margins = {("a", "b"): 2.0, ("b", "c"): 1.5}
    assert joined(margins, {"a": "en", "b": "es", "c": "en"}) == {frozenset("ab"), frozenset("c")}
    assert joined({**margins, ("a", "c"): 4.0}, {"a": "en", "b": "es", "c": "en"}) == {frozenset("abc")}


def test_two_cuts_that_share_nothing_hardly_speak_against_their_common_whole() -> None:
    languages = {"cut": "en", "other cut": "en", "whole": "es"}
    margins = {("cut", "whole"): 5.0, ("other cut", "whole"): 4.0}
    assert joined(margins, languages) == {frozenset(("cut", "whole")), frozenset(("other cut",))}
    assert joined(margins, languages, parts=["cut", "other cut"]) == {frozenset(languages)}


def test_what_may_not_be_joined_stays_apart_however_well_it_fits() -> None:
    languages = {"a": "en", "b": "es", "c": "fr"}
    margins = {("a", "b"): 8.0, ("b", "c"): 7.0, ("a", "c"): 7.0}
    assert joined(margins, languages, apart=[("a", "c")]) == {frozenset("ab"), frozenset("c")}


def test_groups_that_are_joined_already_are_taken_as_they_are() -> None:
    languages = {"a": "es", "b": "es", "c": "en"}
    assert joined({("a", "c"): 2.0, ("b", "c"): 1.0}, languages, groups=[["a", "b"], ["c"]]) == {
        frozenset("abc")
    }
    assert joined({("a", "c"): 2.0}, languages, groups=[["a", "b"], ["c"]]) == {
        frozenset("ab"),
        frozenset("c"),
    }


def test_the_order_in_which_releases_and_pairs_are_given_changes_nothing() -> None:
    chance = random.Random(7)
    names = [f"r{at:02d}" for at in range(24)]
    languages = {name: chance.choice(("en", "es", "ja", "ru")) for name in names}
    margins = {
        (one, other): round(chance.uniform(-6, 6))
        for one in names
        for other in names
        if one < other and chance.random() < 0.3
    }
    apart = [pair for pair in margins if chance.random() < 0.05]
    first = joined(margins, languages, apart=apart)
    assert 1 < len(first) < len(names)
    for _ in range(30):
        shuffled = list(margins.items())
        chance.shuffle(shuffled)
        chance.shuffle(names)
        again = joined(dict(shuffled), {name: languages[name] for name in names}, apart=apart)
        assert again == first
