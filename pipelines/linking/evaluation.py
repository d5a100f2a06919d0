"""How well a linking agrees with the answers: pairwise and B-cubed, in all and by kinds of pairs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from pipelines.linking.collection import Linked
from pipelines.linking.records import Record


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall, with the counts they come from."""

    right: float
    joined: float
    together: float

    @property
    def precision(self) -> float:
        """Part of what was joined that belongs together; 1 when nothing was joined."""
        return self.right / self.joined if self.joined else 1.0

    @property
    def recall(self) -> float:
        """Part of what belongs together that was joined; 1 when nothing does."""
        return self.right / self.together if self.together else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def shown(self) -> dict[str, float]:
        """For programs."""
        return {
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "f1": round(self.f1, 4),
            "right": self.right,
            "joined": self.joined,
            "together": self.together,
        }


@dataclass(frozen=True, slots=True)
class Mistake:
    """A pair joined wrongly or missed; the surer the engine was of the wrong, the worse."""

    left: str
    right: str
    joined: bool
    languages: str
    evidence: str
    margin: float | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of one file."""

    pairwise: Score
    bcubed: Score
    by_languages: Mapping[str, Score]
    by_kind: Mapping[str, Score]
    mistakes: tuple[Mistake, ...]
    """The worst first; wrong joins before what was missed."""


def evaluate(records: Sequence[Record], linked: Linked) -> Evaluation:
    """Compare with the answers. Every record must have a statement (ValueError)."""
    unknown = [each.id for each in records if each.statement is None]
    if unknown:
        raise ValueError(f"no statement given for {unknown[0]}: nothing to compare with")
    ordered = sorted(records, key=lambda each: each.id)
    totals: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    """(what, value) -> right, joined, together."""
    mistakes: list[Mistake] = []
    for one, other in _compared(ordered, linked):
        together = one.statement == other.statement
        joined = linked.statements[one.id] == linked.statements[other.id]
        for counted in (("all", ""), ("languages", languages_of(one, other)), ("kind", kind_of(one, other))):
            count = totals[counted]
            count[0] += together and joined
            count[1] += joined
            count[2] += together
        if together != joined:
            mistakes.append(_mistake(one, other, joined, linked))
    found = {key: Score(*counts) for key, counts in totals.items()}
    return Evaluation(
        found.get(("all", ""), Score(0, 0, 0)),
        _bcubed(ordered, linked),
        {value: score for (what, value), score in sorted(found.items()) if what == "languages"},
        {value: score for (what, value), score in sorted(found.items()) if what == "kind"},
        tuple(sorted(mistakes, key=_badness)),
    )


def languages_of(one: Record, other: Record) -> str:
    """Both languages, as `en-fr`."""
    return "-".join(sorted((one.language, other.language)))


def kind_of(one: Record, other: Record) -> str:
    """What sort of pair it is: by the labels of the file, else translation or repost."""
    labels = {each.label for each in (one, other)} - {None, "original", "translation", "repost"}
    if labels:
        return " / ".join(sorted(str(each) for each in labels))
    return "repost" if one.language == other.language else "translation"


def _compared(records: Sequence[Record], linked: Linked) -> Iterable[tuple[Record, Record]]:
    """All pairs that were joined or belong together: the others change no score."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, record in enumerate(records):
        groups["answer", str(record.statement)].append(at)
        groups["engine", linked.statements[record.id]].append(at)
    pairs = {pair for some in groups.values() for pair in combinations(some, 2)}
    return ((records[one], records[other]) for one, other in sorted(pairs))


def _bcubed(records: Sequence[Record], linked: Linked) -> Score:
    """Means over releases, as counts: precision is `right` of `joined` in shares of each release's group."""
    answers = Counter(str(each.statement) for each in records)
    groups = Counter(linked.statements[each.id] for each in records)
    both = Counter((str(each.statement), linked.statements[each.id]) for each in records)
    precision = recall = 0.0
    for each in records:
        answer, group = str(each.statement), linked.statements[each.id]
        precision += both[answer, group] / groups[group]
        recall += both[answer, group] / answers[answer]
    count = max(1, len(records))
    precision, recall = precision / count, recall / count
    # As a score whose precision and recall these are.
    return Score(precision * recall, recall, precision)


def _mistake(one: Record, other: Record, joined: bool, linked: Linked) -> Mistake:
    link = linked.links.get((one.id, other.id))
    margin = link.features.get("margin") if link is not None else None
    return Mistake(
        one.id,
        other.id,
        joined,
        languages_of(one, other),
        "none" if link is None else f"{link.kind} {link.score:.2f}",
        None if margin is None else float(margin),
    )


def _badness(mistake: Mistake) -> tuple[bool, float, str, str]:
    surety = mistake.margin if mistake.margin is not None else -10.0
    return (not mistake.joined, -surety if mistake.joined else surety, mistake.left, mistake.right)
