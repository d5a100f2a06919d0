"""Pure rules: from releases and links to statements, and to roles."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from crawler.items import KindOfRelease, KindOfSource, Role, Standing
from pipelines.linking.clusters import Resolution, resolve
from pipelines.linking.evidence import kinds_agree
from pipelines.linking.roles import assign_parts, find_head
from storage.links import MACHINE, Link, ReleaseFacts

DAY = date(2017, 2, 23)


def facts(
    name: str,
    source: str = "mx_sre",
    language: str = "es",
    kind: KindOfRelease = KindOfRelease.COMMUNIQUE,
    source_kind: KindOfSource = KindOfSource.MINISTRY,
    role: Role = Role.ORIGINAL,
    issuers: tuple[str, ...] = ("mx.sre",),
    said_on: date = DAY,
    posted_at: datetime | None = None,
    standing: Standing | None = None,
) -> ReleaseFacts:
    return ReleaseFacts(
        f"r{name}", source, source_kind, language, kind, role, role, standing, issuers, said_on, said_on,
        posted_at, None, name, f"s{name}",
    )  # fmt: skip


def link(
    one: ReleaseFacts,
    other: ReleaseFacts,
    score: float,
    kind: str = "same text",
    *,
    by: str = MACHINE,
    verdict: str = "",
    hour: int = 0,
) -> Link:
    left, right = sorted((one.id, other.id))
    return Link(left, right, kind, verdict, score, {}, by, datetime(2017, 3, 1, hour, tzinfo=UTC))


def resolved(members: Iterable[ReleaseFacts], links: Iterable[Link]) -> Resolution:
    """The resolution, checked to be the same for any order of the input."""
    by_id = {each.id: each for each in members}
    given = list(links)
    result = resolve(by_id, given)
    for seed in range(5):
        shuffled, order = given[:], list(by_id.items())
        random.Random(seed).shuffle(shuffled)
        random.Random(seed).shuffle(order)
        assert resolve(dict(order), shuffled) == result
    return result


A, B, C = facts("a"), facts("b", "mx_segob"), facts("c", "mx_shcp")


def test_links_join_and_what_has_none_stands_alone() -> None:
    found = resolved([A, B, C], [link(A, B, 0.9)])
    assert found.statements == (("ra", "rb"), ("rc",))


def test_weak_evidence_asks() -> None:
    found = resolved([A, B], [link(A, B, 0.49)])
    assert found.statements == (("ra",), ("rb",))
    assert [each.verdict for each in found.decisions.values()] == ["ask"]


def test_weak_evidence_between_releases_joined_otherwise_is_settled() -> None:
    links = [link(A, B, 1.0), link(B, C, 1.0), link(A, C, 1.0), link(A, C, 0.3, "folio")]
    found = resolved([A, B, C], links)
    assert found.statements == (("ra", "rb", "rc"),)
    assert {each.verdict for each in found.decisions.values()} == {"join"}


def test_a_contradiction_holds_through_third_parties_and_the_stronger_tie_wins() -> None:
    mirror = facts("m", "mirror", source_kind=KindOfSource.MIRROR, role=Role.REPOST)
    links = [link(A, mirror, 1.0), link(B, mirror, 0.9), link(A, B, 0.0)]
    found = resolved([A, B, mirror], links)
    assert found.statements == (("ra", "rm"), ("rb",))
    assert found.decisions["ra", "rb", "same text"].verdict == "apart"
    assert found.decisions["rb", "rm", "same text"].verdict == "ask"


def test_between_two_that_contradict_each_other_and_fit_alike_nothing_is_guessed() -> None:
    mirror = facts("m", "mirror", source_kind=KindOfSource.MIRROR, role=Role.REPOST)
    links = [link(A, mirror, 1.0), link(B, mirror, 0.99), link(A, B, 0.0)]
    found = resolved([A, B, mirror], links)
    assert found.statements == (("ra",), ("rb",), ("rm",))
    assert "contested" in str(found.decisions["ra", "rm", "same text"].reason)


def test_two_originals_in_one_language_need_one_text() -> None:
    english = facts("e", "ca_gac", "en")
    links = [link(A, english, 0.95, "alternate"), link(B, english, 0.9, "alternate")]
    found = resolved([A, B, english], links)
    assert found.statements == (("ra", "re"), ("rb",))


def test_kinds_that_sites_call_differently_agree_and_others_do_not() -> None:
    statement, readout = facts("s", kind=KindOfRelease.STATEMENT), facts("r", kind=KindOfRelease.READOUT)
    mirror = facts("m", "mirror", "en", source_kind=KindOfSource.MIRROR)
    transcript = facts("t", kind=KindOfRelease.TRANSCRIPT)
    assert kinds_agree(A, statement)
    assert not kinds_agree(A, readout)
    assert kinds_agree(mirror, readout)
    assert not kinds_agree(mirror, transcript)
    assert not kinds_agree(replace(mirror, kind=KindOfRelease.STATEMENT), readout)


def test_a_mirror_does_not_make_one_statement_of_a_communique_and_a_readout() -> None:
    readout = facts("r", "us_state", "en", KindOfRelease.READOUT)
    mirror = facts("m", "mirror", "fr", source_kind=KindOfSource.MIRROR, role=Role.TRANSLATION)
    links = [link(A, mirror, 0.95, "source link"), link(readout, mirror, 0.93, "source link")]
    found = resolved([A, readout, mirror], links)
    assert not any({"ra", "rr"} <= set(group) for group in found.statements)


def test_originals_weeks_apart_are_two_unless_the_publisher_ties_them() -> None:
    english = facts("e", "mx_sre", "en", said_on=DAY + timedelta(days=11))
    assert len(resolved([A, english], [link(A, english, 0.95, "folio")]).statements) == 2
    assert len(resolved([A, english], [link(A, english, 0.97, "shared id")]).statements) == 1


def test_of_two_persons_the_later_decision_counts() -> None:
    links = [
        link(A, B, 1.0, "person", by="Ana", verdict="join", hour=1),
        link(B, C, 1.0, "person", by="Ben", verdict="join", hour=2),
        link(A, C, 1.0, "person", by="Eva", verdict="apart", hour=3),
    ]
    assert resolved([A, B, C], links).statements == (("ra",), ("rb", "rc"))
    links[0] = replace(links[0], decided_at=datetime(2017, 3, 2, tzinfo=UTC))
    assert resolved([A, B, C], links).statements == (("ra", "rb"), ("rc",))


def test_the_original_is_what_was_posted_first_in_its_own_voice() -> None:
    def at(hour: int) -> datetime:
        return datetime(2017, 2, 23, hour, tzinfo=UTC)

    sre, segob = replace(A, posted_at=at(19)), replace(B, posted_at=at(18))
    shcp = replace(
        C, said_on=DAY - timedelta(days=1), posted_on=DAY - timedelta(days=1), role_hint=Role.REPOST
    )
    parts = assign_parts([sre, segob, shcp])
    assert {name: part.role for name, part in parts.items()} == {
        "ra": Role.REPOST,
        "rb": Role.ORIGINAL,
        "rc": Role.REPOST,
    }
    mission = facts("m", "embassy", source_kind=KindOfSource.MISSION, posted_at=at(3))
    assert assign_parts([sre, mission])["ra"].role is Role.ORIGINAL


def test_among_copies_of_one_moment_the_order_of_issuers_decides() -> None:
    joint = ("mx.segob", "mx.sre", "mx.shcp")
    sre, segob = replace(A, issuers=("mx.sre",)), replace(B, issuers=joint)
    assert assign_parts([sre, segob])["rb"].role is Role.ORIGINAL


def test_standing_follows_who_shows_the_translation_unless_it_says_so() -> None:
    official = facts("e", "mx_sre", "en", role=Role.ORIGINAL, said_on=DAY + timedelta(days=1))
    mirror = facts("m", "mirror", "fr", source_kind=KindOfSource.MIRROR, role=Role.TRANSLATION)
    courtesy = facts("k", "us_state", "de", role=Role.TRANSLATION, standing=Standing.COURTESY)
    parts = assign_parts([A, official, mirror, courtesy])
    assert parts["re"].standing is Standing.OFFICIAL
    assert parts["rm"].standing is Standing.UNOFFICIAL
    assert parts["rk"].standing is Standing.COURTESY
    assert parts["ra"].standing is None


def test_a_mirrors_translation_stays_one_when_alone_and_heads_its_statement() -> None:
    mirror = facts("m", "mirror", "en", source_kind=KindOfSource.MIRROR, role=Role.TRANSLATION)
    assert assign_parts([mirror])["rm"].role is Role.TRANSLATION
    assert find_head([mirror]) is mirror
    assert find_head([mirror, A]) is A


def test_of_a_joint_texts_copies_the_first_named_bodys_own_is_the_original() -> None:
    joint = ("mx.sre", "mx.segob", "mx.shcp")
    copies = [facts(source, source, issuers=joint) for source in ("mx_segob", "mx_shcp", "mx_sre")]
    assert {name: part.role for name, part in assign_parts(copies).items()} == {
        "rmx_sre": Role.ORIGINAL,
        "rmx_segob": Role.REPOST,
        "rmx_shcp": Role.REPOST,
    }
