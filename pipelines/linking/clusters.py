"""From releases and the evidence about pairs of them to statements.

A pure function of whole components: the same releases and links give the same statements, whatever came
first. In this order:

1. What persons joined is joined, the latest decision first; what a person put apart stays apart.
2. Evidence about the pair itself (texts, language switches, shared ids, numbers, single source links) joins,
   strongest first; equal scores by kind and ids. Two groups join only when every release of one may share a
   statement with every release of the other (`_Constraints`). Evidence is *contested* when one of the two is
   tied about as well to a third release that may not share a statement with the other: then nothing is
   guessed, a person is asked.
3. What texts say of each other (translations, same content) is decided for whole groups: see
   `agglomeration`. Every pair of two groups speaks, also by saying nothing.
4. A foot line names issuers and a day, on which those issuers may have said several things. How well each
   statement of that day fits is 0.4 x issuers + 0.6 x anchors: issuers is the part that the foot line's
   issuers and the issuers of all copies of the statement have in common (of both together; so a joint
   communique fits its joint foot line best), anchors the part of figures and names that is shared. The best
   one is taken when anchors reach 0.4 (or cannot be compared, and it alone has exactly the two or more
   issuers named) and when it leads the second by 0.1. Else a person is asked. A page with several source
   links is decided the same way, by anchors alone.

What evidence says of a pair, and what is decided for it, are two things: links keep their score, and their
verdict follows from the statements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations

from crawler.items import ClaimKind
from pipelines.linking.agglomeration import join_groups
from pipelines.linking.evidence import (
    CONTENT_KINDS,
    CONTRADICTION,
    JOINABLE,
    SAME_CONTENT,
    TEXT_KINDS,
    kinds_agree,
)
from storage.candidates import attributed
from storage.links import Link, LinkKey, ReleaseFacts

JOIN, APART, ASK = "join", "apart", "ask"

PERSON = "person"

MARGIN = 0.02
"""Evidence less than this ahead of a rival's is contested."""
DAYS_BETWEEN_ORIGINALS = 10
"""Originals further apart are two statements, unless the publisher itself ties them."""

ISSUERS_WEIGHT, ANCHORS_WEIGHT = 0.4, 0.6
ENOUGH_ANCHORS = 0.4
MARGIN_OF_FIT = 0.1

_RANK = {
    kind: rank
    for rank, kind in enumerate(
        (
            PERSON,
            ClaimKind.ALTERNATE,
            ClaimKind.SHARED_ID,
            "same text",
            ClaimKind.FOLIO,
            ClaimKind.SOURCE_LINK,
            "excerpt",
            "translation",
            "same content",
            ClaimKind.ATTRIBUTION,
        )
    )
}
_EARLIEST = datetime.min.replace(tzinfo=UTC)

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a link, and why where the evidence alone does not say."""

    verdict: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """Statements, as sets of release ids, and what was decided for every link of the machine."""

    statements: tuple[tuple[str, ...], ...]
    decisions: Mapping[LinkKey, Decision]


def resolve(members: Mapping[str, ReleaseFacts], links: Iterable[Link]) -> Resolution:
    """Partition whole components. Links with an end that is not a member are refused (KeyError)."""
    ordered = sorted(links, key=lambda link: link.key)
    constraints = _Constraints(members, ordered)
    groups = _Groups(members, constraints)
    reasons: dict[LinkKey, Decision] = {}
    _join_by_persons(ordered, groups)
    direct = [link for link in ordered if not link.by_person and is_direct(link)]
    _join_directly(direct, groups, constraints, reasons)
    _join_by_content([link for link in ordered if is_content(link)], members, groups, reasons)
    _join_by_choice(
        [link for link in ordered if not link.by_person and is_choice(link)], members, groups, reasons
    )
    decisions = {
        link.key: _decide(link, groups, constraints, reasons.get(link.key))
        for link in ordered
        if not link.by_person
    }
    return Resolution(groups.all(), decisions)


def connects(link: Link) -> bool:
    """Whether a link makes two releases part of one component: whether it could join them."""
    if link.by_person:
        return link.verdict == JOIN
    return link.score >= JOINABLE


def is_choice(link: Link) -> bool:
    """Whether a link is one of several possibilities, of which at most one is true."""
    if link.score < JOINABLE:
        return False
    if link.kind == ClaimKind.ATTRIBUTION:
        return True
    return link.kind == ClaimKind.SOURCE_LINK and link.features.get("links on the page", 1) > 1


def is_direct(link: Link) -> bool:
    """Whether a link alone may join."""
    return link.score >= JOINABLE and link.kind not in CONTENT_KINDS and not is_choice(link)


def is_content(link: Link) -> bool:
    """Whether a link says what two texts have in common by themselves."""
    return link.kind in CONTENT_KINDS and not link.by_person


class _Constraints:
    """Which two releases may share a statement."""

    def __init__(self, members: Mapping[str, ReleaseFacts], links: Sequence[Link]) -> None:
        self._members = members
        self.by_person: dict[Pair, str] = {}
        self._contradict: set[Pair] = set()
        self._same_text: set[Pair] = set()
        self._same_content: set[Pair] = set()
        """Two translations into one language, by two bodies."""
        self._publisher: set[Pair] = set()
        self._partners: dict[str, set[str]] = {}
        """Release -> all that persons joined it to, by way of others too."""
        for link in sorted(links, key=lambda each: each.decided_at or _EARLIEST):
            pair = (link.left, link.right)
            if link.by_person:
                if link.verdict in (JOIN, APART):
                    self.by_person[pair] = link.verdict
            elif link.score == CONTRADICTION:
                self._contradict.add(pair)
            elif link.kind in TEXT_KINDS and link.score >= JOINABLE:
                self._same_text.add(pair)
            elif link.kind == SAME_CONTENT and link.score >= JOINABLE:
                self._same_content.add(pair)
            elif link.kind in (ClaimKind.ALTERNATE, ClaimKind.SHARED_ID) and link.score >= JOINABLE:
                self._publisher.add(pair)
        for (left, right), verdict in self.by_person.items():
            if verdict == JOIN:
                together = self._partners.get(left, {left}) | self._partners.get(right, {right})
                self._partners.update(dict.fromkeys(together, together))

    def objection(self, left: str, right: str) -> str | None:
        """Why two releases may not share a statement; None when they may.

        What a person joined against a rule, the rule does not keep from the copies of either: where a
        transcript was put beside a communique, another ministry's copy of the communique may join them.
        """
        pair = _pair(left, right)
        person = self.by_person.get(pair)
        if person is not None:
            return "a person put them apart" if person == APART else None
        if right in self._partners.get(left, ()):
            return None
        if pair in self._contradict:
            return "their texts contradict each other"
        reason = self._rule(pair)
        if reason is None or self._overruled(left, right) or self._overruled(right, left):
            return None
        return reason

    def _overruled(self, newcomer: str, settled: str) -> bool:
        """Whether a person joined `settled` against the rules with one beside which `newcomer` may be."""
        return any(
            partner not in (newcomer, settled)
            and self._rule(_pair(partner, settled)) is not None
            and self._rule(_pair(newcomer, partner)) is None
            and _pair(newcomer, partner) not in self._contradict
            for partner in self._partners.get(settled, ())
        )

    def _rule(self, pair: Pair) -> str | None:
        """Which rule about kinds, languages, sources and days keeps two releases apart."""
        one, other = self._members[pair[0]], self._members[pair[1]]
        if not kinds_agree(one, other):
            return f"kinds differ: {one.kind} and {other.kind}"
        if one.language == other.language and pair not in self._same_text:
            if one.source == other.source:
                return "two texts of one source in one language"
            if one.speaks and other.speaks and pair not in self._same_content:
                # Else an excerpt of what both have in common would make them one.
                return "two texts by their own issuers in one language"
        if _tells_the_day(one) and _tells_the_day(other) and pair not in self._publisher:
            days = abs((one.said_on - other.said_on).days)
            if days > DAYS_BETWEEN_ORIGINALS:
                return f"said {days} days apart"
        return None


def _tells_the_day(release: ReleaseFacts) -> bool:
    """Whether its day is the one on which the statement was made, not only when somebody posted a copy."""
    return release.speaks or (release.posted_on is not None and release.posted_on != release.said_on)


def objection_between(
    members: Mapping[str, ReleaseFacts], links: Sequence[Link], left: str, right: str
) -> str | None:
    """Why two releases may not share a statement, whatever the evidence; None when they may."""
    return _Constraints(members, links).objection(left, right)


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


class _Groups:
    """Releases that are joined so far."""

    def __init__(self, members: Iterable[str], constraints: _Constraints) -> None:
        self._of = {each: each for each in members}
        self._members = {each: [each] for each in self._of}
        self._constraints = constraints

    def of(self, release: str) -> str:
        """Name of the group that a release is in: the smallest id in it."""
        return self._of[release]

    def members(self, group: str) -> list[str]:
        """Releases of a group."""
        return self._members[group]

    def objection(self, left: str, right: str) -> str | None:
        """Why the groups of two releases may not be joined; None when they may."""
        for one in self._members[self._of[left]]:
            for other in self._members[self._of[right]]:
                reason = self._constraints.objection(one, other)
                if reason is not None:
                    return reason if (one, other) == (left, right) else f"{one} and {other}: {reason}"
        return None

    def put_apart(self, left: str, right: str) -> bool:
        """Whether a person put any release of one group apart from one of the other."""
        return any(
            self._constraints.by_person.get((min(one, other), max(one, other))) == APART
            for one in self._members[self._of[left]]
            for other in self._members[self._of[right]]
        )

    def join(self, left: str, right: str) -> None:
        """Join the groups of two releases."""
        keep, drop = sorted((self._of[left], self._of[right]))
        if keep != drop:
            moved = self._members.pop(drop)
            self._members[keep] += moved
            self._of.update(dict.fromkeys(moved, keep))

    def all(self) -> tuple[tuple[str, ...], ...]:
        """All groups, each in order of ids."""
        return tuple(sorted(tuple(sorted(group)) for group in self._members.values()))


def _join_by_persons(links: Sequence[Link], groups: _Groups) -> None:
    joins = [link for link in links if link.by_person and link.verdict == JOIN]
    for link in sorted(joins, key=lambda each: each.decided_at or _EARLIEST, reverse=True):
        if not groups.put_apart(link.left, link.right):
            groups.join(link.left, link.right)


def _join_directly(
    links: Sequence[Link], groups: _Groups, constraints: _Constraints, reasons: dict[LinkKey, Decision]
) -> None:
    strength: dict[str, dict[str, float]] = defaultdict(dict)
    """Release -> releases tied to it -> score of the best evidence."""
    for link in links:
        for one, other in ((link.left, link.right), (link.right, link.left)):
            strength[one][other] = max(link.score, strength[one].get(other, 0.0))
    for link in sorted(links, key=lambda each: (-each.score, _RANK[each.kind], each.left, each.right)):
        if groups.of(link.left) == groups.of(link.right):
            continue
        objection = groups.objection(link.left, link.right)
        if objection is not None:
            reasons[link.key] = Decision(ASK, f"refused: {objection}")
            continue
        rival = _rival(link, strength, constraints)
        if rival is not None:
            reasons[link.key] = Decision(ASK, f"contested: {rival} fits about as well, and both cannot be")
            continue
        groups.join(link.left, link.right)


def _join_by_content(
    links: Sequence[Link],
    members: Mapping[str, ReleaseFacts],
    groups: _Groups,
    reasons: dict[LinkKey, Decision],
) -> None:
    """Join groups by the mean of what all their pairs say."""
    margins: dict[Pair, float] = {}
    for link in links:
        if link.score != CONTRADICTION:
            pair = (link.left, link.right)
            margins[pair] = max(_margin(link), margins.get(pair, _margin(link)))
    if not margins:
        return

    def may_join(left: str, right: str) -> bool:
        return groups.objection(left, right) is None

    def join(left: str, right: str) -> str:
        groups.join(left, right)
        return groups.of(left)

    involved = {groups.of(each) for pair in margins for each in pair}
    several = {group: tuple(groups.members(group)) for group in involved}
    languages = {each: members[each].language for some in several.values() for each in some}
    parts = {
        str(link.features["excerpt"]) for link in links if "excerpt" in link.features and _margin(link) > 0
    }
    join_groups(several, margins, languages, may_join, join, parts)
    for link in links:
        if link.score >= JOINABLE and groups.of(link.left) != groups.of(link.right):
            objection = groups.objection(link.left, link.right)
            reason = f"refused: {objection}" if objection else "the others of both statements do not fit"
            reasons[link.key] = Decision(ASK, reason)


def _margin(link: Link) -> float:
    """Logit over the one from which a pair may be joined; from the score where a link does not tell it."""
    told = link.features.get("margin")
    return float(told) if told is not None else 10.0 * (link.score - JOINABLE)


def _rival(link: Link, strength: Mapping[str, Mapping[str, float]], constraints: _Constraints) -> str | None:
    """A third release that is tied to one end about as well, and may not share a statement with the other."""
    score = strength[link.left][link.right]
    for end, other in ((link.left, link.right), (link.right, link.left)):
        for third, rival_score in sorted(strength[end].items()):
            if third == other or rival_score < score - MARGIN:
                continue
            if constraints.objection(other, third) is not None and constraints.objection(end, third) is None:
                return third
    return None


def _join_by_choice(
    links: Sequence[Link],
    members: Mapping[str, ReleaseFacts],
    groups: _Groups,
    reasons: dict[LinkKey, Decision],
) -> None:
    """Decide foot lines and pages with several source links: see the module."""
    offers: dict[str, dict[str, list[Link]]] = defaultdict(lambda: defaultdict(list))
    """Group of the claimant -> group it may belong to -> links between them."""
    for link in links:
        claimant = _claimant(link)
        target = link.right if claimant == link.left else link.left
        if groups.of(claimant) != groups.of(target):
            offers[groups.of(claimant)][groups.of(target)].append(link)
    tied = {groups.of(link.left) for link in links if groups.of(link.left) == groups.of(link.right)}
    proposals: list[tuple[float, str, str]] = []
    for claimant, targets in offers.items():
        if claimant in tied:
            for some in targets.values():
                _note(some, reasons, APART, "tied to another statement of that day by other evidence")
            continue
        fits = {target: _fit(some, target, members, groups) for target, some in targets.items()}
        best, *others = sorted(fits, key=lambda target: (-fits[target].total, target))
        second = fits[others[0]].total if others else 0.0
        lead = fits[best].total - second
        clear = lead >= MARGIN_OF_FIT and (
            fits[best].anchors >= ENOUGH_ANCHORS
            or (fits[best].exact and not any(fits[each].exact for each in others))
        )
        if clear:
            proposals.append((fits[best].total, claimant, best))
            for each in others:
                _note(
                    targets[each],
                    reasons,
                    APART,
                    _told(fits[each], "another statement of that day fits better"),
                )
            continue
        for each, some in targets.items():
            if fits[each].total >= fits[best].total - MARGIN_OF_FIT:
                _note(
                    some,
                    reasons,
                    ASK,
                    _told(fits[each], "not clear which statement of that day it is, if any"),
                )
            else:
                _note(some, reasons, APART, _told(fits[each], "another statement of that day fits better"))
    crowded = _crowded(proposals, groups)
    for fit, claimant, target in sorted(proposals, key=lambda each: (-each[0], each[1], each[2])):
        some = offers[claimant][target]
        if claimant in crowded:
            _note(some, reasons, ASK, f"fit {fit:.2f}: another text of the same source fits about as well")
            continue
        one, other = some[0].left, some[0].right
        objection = groups.objection(one, other)
        if objection is not None:
            _note(some, reasons, ASK, f"refused: {objection}")
            continue
        groups.join(one, other)


def _crowded(proposals: Sequence[tuple[float, str, str]], groups: _Groups) -> set[str]:
    """Claimants that want to join one statement, fit it about equally well, and may not be there together."""
    crowded: set[str] = set()
    for (fit, claimant, target), (other_fit, other, other_target) in combinations(proposals, 2):
        alike = target == other_target and abs(fit - other_fit) < MARGIN_OF_FIT
        if alike and groups.objection(claimant, other) is not None:
            crowded |= {claimant, other}
    return crowded


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a statement fits what a claimant says of its source."""

    issuers: float
    anchors: float
    exact: bool
    """Exactly the two or more issuers named, and the texts cannot be compared by anchors."""

    @property
    def total(self) -> float:
        """Both, weighed."""
        return ISSUERS_WEIGHT * self.issuers + ANCHORS_WEIGHT * self.anchors


def _fit(links: Sequence[Link], target: str, members: Mapping[str, ReleaseFacts], groups: _Groups) -> _Fit:
    issuers = frozenset(
        issuer for each in groups.members(target) if members[each].speaks for issuer in members[each].issuers
    )
    anchors = max(float(link.features.get("anchors", 0.0)) for link in links)
    compared = any("compared" in link.features for link in links)
    share, exact = 0.0, False
    for link in links:
        if link.kind == ClaimKind.SOURCE_LINK:
            share = 1.0
            continue
        parsed = attributed(str(link.features["attribution"]))
        named = parsed[0] if parsed else frozenset()
        share = max(share, len(named & issuers) / max(1, len(named | issuers)))
        exact = exact or (named == issuers and len(named) > 1 and not compared)
    return _Fit(share, anchors, exact)


def _told(fit: _Fit, reason: str) -> str:
    return f"fit {fit.total:.2f} (issuers {fit.issuers:.2f}, figures and names {fit.anchors:.2f}): {reason}"


def _claimant(link: Link) -> str:
    return str(link.features["claimant"])


def _note(links: Iterable[Link], reasons: dict[LinkKey, Decision], verdict: str, reason: str) -> None:
    for link in links:
        reasons[link.key] = Decision(verdict, reason)


def _decide(link: Link, groups: _Groups, constraints: _Constraints, noted: Decision | None) -> Decision:
    """The verdict on a link, when all statements are known."""
    together = groups.of(link.left) == groups.of(link.right)
    person = constraints.by_person.get((link.left, link.right))
    if person is not None:
        return Decision(JOIN if together else APART, "a person decided")
    if together:
        return Decision(JOIN, None if link.score >= JOINABLE else "joined by other evidence")
    if link.score == CONTRADICTION:
        return Decision(APART)
    return noted or Decision(ASK)
