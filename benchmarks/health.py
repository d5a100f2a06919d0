"""`python -m benchmarks.health [--sites N] [--seed S]`: are breaks told, by their kind, at the first run?

Simulated sources, from three releases a month to fifteen a day, over a simulated year with weekends, the
holidays of eight countries and elections, each crawled daily. Without a break every alarm is a false one.
With each of twelve kinds of breakage, injected on a random day, the judgement of the first run in which the
break could be seen must name the right kind. Spidermon's stock monitors are shown the same runs.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from benchmarks.health_world import END, MEANS, YEAR, Breakage, Course, Site, sites
from scheduler.health.evidence import GOOD, Evidence
from scheduler.health.judge import judge

Peer = Callable[[Evidence], bool]


@dataclass
class Score:
    """What was told of the breaks of one kind."""

    breaks: int = 0
    right: int = 0
    """The right kind at the first run in which it could be seen."""
    day_after: int = 0
    """The right kind one run later."""
    peer: int = 0
    """Spidermon: any alarm at the first run in which it could be seen."""
    wrong: Counter[str] = field(default_factory=Counter)


@dataclass
class Result:
    """What a whole simulation told."""

    sites: int
    false_alarms: Counter[str]
    """By site: new alarms in a year without a break."""
    peer_false_alarms: Counter[str]
    reasons: Counter[str]
    """Of the false alarms."""
    scores: dict[Breakage, Score]

    @property
    def right(self) -> float:
        """Part of all breaks that was told rightly at the first run."""
        return sum(each.right for each in self.scores.values()) / sum(
            each.breaks for each in self.scores.values()
        )


def simulate(number: int, seed: int, *, peer: Peer | None = None) -> Result:
    """Every site without a break, and with each of them."""
    result = Result(number, Counter(), Counter(), Counter(), {kind: Score() for kind in Breakage})
    for site in sites(number, seed):
        _without_break(site, result, peer=peer)
        for kind in Breakage:
            _with_break(site, kind, seed, result.scores[kind], peer=peer)
    return result


def _without_break(site: Site, result: Result, *, peer: Peer | None) -> None:
    before = False
    peer_before = False
    for _, evidence in Course(site).evidences():
        judgement = judge(evidence)
        alarm = judgement.health not in GOOD
        if alarm and not before:
            result.false_alarms[site.name] += 1
            result.reasons[f"{judgement.health}: {judgement.reason[:60]}"] += 1
        before = alarm
        if peer is not None:
            peer_alarm = peer(evidence)
            result.peer_false_alarms[site.name] += peer_alarm and not peer_before
            peer_before = peer_alarm


def _with_break(site: Site, kind: Breakage, seed: int, score: Score, *, peer: Peer | None) -> None:
    random_ = random.Random(f"{seed} {site.name} {kind}")  # noqa: S311 - a simulation
    course = Course(site, kind, YEAR + timedelta(days=30 + random_.randrange(150)))
    first: date | None = None
    told_before = False
    for day, evidence in course.evidences():
        found = judge(evidence).health
        if course.shows_at is None:
            told_before = found in MEANS[kind] and day >= course.broken_on
        elif first is None:
            first = day
            score.breaks += 1
            # A silence may be told before it is beyond all doubt: earlier is no fault.
            right = found in MEANS[kind] or told_before
            score.right += right
            score.day_after += right
            if not right:
                score.wrong[found] += 1
            if peer is not None:
                score.peer += peer(evidence)
            if right:
                return
        else:
            score.day_after += found in MEANS[kind]


def _show(result: Result, *, with_peer: bool) -> None:
    worst = max(result.false_alarms.values(), default=0)
    total = sum(result.false_alarms.values())
    print(f"{result.sites} sites, {YEAR} to {END}, crawled daily")
    print(f"false alarms: {total / result.sites:.2f} a site and year, at most {worst}")
    for reason, number in result.reasons.most_common(12):
        print(f"  {number} {reason}")
    if with_peer:
        peer_total = sum(result.peer_false_alarms.values())
        print(
            f"  Spidermon: {peer_total / result.sites:.2f}, at most {max(result.peer_false_alarms.values())}"
        )
    print(f"{'break':58}{'seen':>6}{'right':>8}{'a run later':>13}{'Spidermon':>11}")
    for kind, score in result.scores.items():
        if not score.breaks:
            print(f"{kind.value:58}     0")
            continue
        peer = f"{score.peer / score.breaks:.1%}" if with_peer else ""
        wrong = ", ".join(f"{number} {name}" for name, number in score.wrong.items())
        print(
            f"{kind.value:58}{score.breaks:6}{score.right / score.breaks:8.1%}"
            f"{score.day_after / score.breaks:13.1%}{peer:>11}  {wrong}"
        )
    print(f"all: {result.right:.2%} told by their right kind at the first run")


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulate and show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    peer = _spidermon()
    _show(simulate(given.sites, given.seed, peer=peer), with_peer=peer is not None)


def _spidermon() -> Peer | None:
    """Spidermon's monitors; None where the extra `benchmark` is not installed."""
    try:
        from benchmarks.spidermon_peer import monitors_alarm
    except ImportError:
        return None
    return monitors_alarm


if __name__ == "__main__":
    main()
