"""The judgement: from evidence to the one state of a source and its reason. Pure.

Rules are asked in order, the most certain first: what stops a run, what happens to its pages, what their
texts lack, what the index leaves out, and last how long nothing came. A rule that counts compares with
the source's own past by the chance of such a count, so that one odd page is no alarm, and two of two are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import median

from crawler.items import FailureKind
from crawler.pages.shape import likeness
from scheduler.health.evidence import Evidence, Health, Judgement, Numbered, RunEvidence
from scheduler.health.habit import chance_of, silence, usual_share

UNLIKELY = 0.004
"""Chance below which a count of failures is no accident."""
RARE = 0.02
"""The same for what hardly ever happens by accident (held back, read without rules, a field that is lost)."""
OF_ONE_PAGE = frozenset(
    {"unknown issuer", "unknown kind", "scanned document", "impossible date", "language not declared"}
)
"""Reasons for holding back that lie in what one page says; the others lie in how pages are read."""
_NO_LAYOUT = "layout changed"
"""Reason for holding back a page that no layout of its source fits."""
DECISIVE = frozenset({"posted_on"})
"""Fields whose loss one page is enough to tell. Others stand beside them (the raw text of a day, who spoke, a
number), and a page goes without one now and then; without title or text it is held back anyway.
"""
MOST_POOLED = 6
"""Runs with something to read that are looked at together, while none of them brought anything good."""
LEAST_LISTED = 5
"""Entries of an index from which on its size tells something."""
LEAST_GONE = 2
"""Newest entries that are gone from an index, from which on it is an old copy; one may be withdrawn."""
LEAST_ALWAYS = 12
"""Releases after which a field that all had counts as one that all have."""
ALWAYS = 0.97
MOST_FAILING = 0.04
"""A larger part of failing pages is never usual: what has been wrong for months is wrong still."""
ALIKE = 0.6
"""Pages of one layout share more of their shape than that (of samples: 0.75 and more)."""
UNLIKE = 0.45
"""Pages of two layouts of one site share less (of samples: 0.25 to 0.4)."""
MOST_SHAPES = 40
"""Shapes of earlier pages that a page is compared with."""
LEAST_SHAPES = 3
SETTLED = timedelta(hours=20)
"""A number that is passed over may come a little later than the next one."""
NUMBERS = 12
"""The latest numbers in which gaps are looked for."""
IN_A_ROW = 0.002
"""Chance below which gaps among them are no accident: with every release there are others to look at."""

_BLOCKS = (
    FailureKind.LOGIN_WALL, FailureKind.ROBOTS, FailureKind.HTTP, FailureKind.NETWORK, FailureKind.ERROR_PAGE,
    FailureKind.REFUSED_ADDRESS,
)  # fmt: skip
_MEANS: Mapping[str, Health] = {
    FailureKind.CHALLENGE: Health.CHALLENGED,
    FailureKind.STAGE: Health.FAILING_TO_STORE,
    **dict.fromkeys(_BLOCKS, Health.BLOCKED),
    **dict.fromkeys(
        (
            FailureKind.EMPTY_LISTING,
            FailureKind.FROZEN_LISTING,
            FailureKind.LAYOUT,
            FailureKind.SOFT_404,
            FailureKind.UNREADABLE,
            FailureKind.TOO_LARGE,
        ),
        Health.LAYOUT_CHANGED,
    ),
}
"""What a kind of failure means when nothing else comes."""
_CERTAIN = frozenset(
    {FailureKind.CHALLENGE, FailureKind.LOGIN_WALL, FailureKind.ROBOTS, FailureKind.LAYOUT, FailureKind.STAGE}
)
"""Kinds of failure that do not happen by accident: one is enough where nothing else came."""


def judge(evidence: Evidence) -> Judgement:
    """The state of a source, with its reason."""
    if evidence.paused is not None:
        return Judgement(Health.PAUSED, evidence.paused)
    if not evidence.runs:
        return Judgement(Health.NEVER_RUN, f"no whole run yet; it is due every {_long(evidence.every)}")
    for rule in _RULES:
        found = rule(evidence)
        if found is not None:
            return found
    return _by_silence(evidence)


def _by_ending(evidence: Evidence) -> Judgement | None:
    """What stopped the latest run."""
    run = evidence.runs[0]
    if run.state in ("killed", "lost"):
        return Judgement(
            Health.PARTIAL,
            f"run {run.run} stopped half-way: {run.error or 'its process is gone'}. What it left is taken up "
            "by the next run; if that one ends so too, look into its log",
            {"run": run.run, "state": run.state},
        )
    if not run.broken:
        return None
    kind = max(run.broken, key=lambda each: (_MEANS.get(each) is not Health.LAYOUT_CHANGED, run.broken[each]))
    health = _MEANS.get(kind, Health.PARTIAL)
    listed = run.count("listed")
    if health is Health.BLOCKED and listed and run.kept:
        health = Health.PARTIAL
    return Judgement(
        health,
        f"the run failed: {run.error or kind}",
        {"run": run.run, "kind": kind, "listed": listed, "statuses": run.statuses},
    )


def _by_failures(evidence: Evidence) -> Judgement | None:
    """How the addresses ended that were asked for."""
    pool = _pool(evidence, lambda run: run.kept + run.count("held", "skipped"), lambda run: run.asked)
    bad = sum(run.count("failed", "gone") for run in pool)
    asked = sum(run.asked for run in pool)
    if not bad:
        return None
    past = _past(evidence, pool)
    failed = sum(run.count("failed", "gone") for run in past)
    share = min(usual_share(failed, sum(run.asked for run in past), least=0.01), MOST_FAILING)
    kinds: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    for run in pool:
        kinds.update(run.failures)
        statuses.update({status: number for status, number in run.statuses.items() if status >= "400"})
        if run.count("gone"):
            kinds["gone"] += run.count("gone")
    kind = kinds.most_common(1)[0][0] if kinds else FailureKind.STAGE.value
    facts = {"failed": bad, "asked": asked, "kinds": dict(kinds), "usual_share": round(share, 4)}
    stage = kinds[FailureKind.STAGE]
    if stage and (stage == asked or chance_of(stage, asked, 0.005) < UNLIKELY):
        return Judgement(
            Health.FAILING_TO_STORE,
            f"{stage} of {asked} pages could not be read or stored: {_error(pool)}",
            facts,
        )
    certain = kind in _CERTAIN or any(statuses[each] >= bad for each in ("401", "403", "429", "451"))
    if bad == asked and (certain or chance_of(bad, asked, share) < UNLIKELY):
        health = Health.LAYOUT_CHANGED if kind == "gone" else _MEANS.get(kind, Health.BLOCKED)
        return Judgement(
            health, f"all {asked} pages that were asked for failed ({kind}): {_error(pool)}", facts
        )
    if bad < asked and bad / asked >= 0.1 and chance_of(bad, asked, share) < UNLIKELY / 4:
        return Judgement(
            Health.PARTIAL,
            f"{bad} of {asked} pages failed ({_words(kinds)}); before, it was {share:.1%}: {_error(pool)}",
            facts,
        )
    return None


def _by_held(evidence: Evidence) -> Judgement | None:
    """Whether everything that was read is held back."""
    pool = _pool(evidence, lambda run: run.kept, lambda run: run.count("held"))
    held = sum(run.count("held") for run in pool)
    if not held or any(run.kept for run in pool):
        return None
    past = _past(evidence, pool)
    reasons: Counter[str] = Counter()
    for run in pool:
        reasons.update(run.held)
    # One body that nobody knows says nothing of how pages are read; a second one does. Nor does one odd page
    # that no layout fits, when its markup is that of the others.
    alike = _likeness(evidence, pool)
    odd = OF_ONE_PAGE | {_NO_LAYOUT} if alike is not None and alike >= ALIKE else OF_ONE_PAGE
    said = bool(reasons) and reasons.keys() <= odd
    # Nor do bodies that nobody knew make it usual that days cannot be read.
    before = sum(run.count("held") - (0 if said else _held_of_one_page(run)) for run in past)
    share = usual_share(before, before + sum(run.count("stored", "revised") for run in past), least=0.01)
    if chance_of(held, held, share) >= (UNLIKELY if said else RARE):
        return None
    return Judgement(
        Health.ALL_HELD,
        f"all {held} pages that were read are held back ({_words(reasons) or 'communique held'}); until then "
        f"it was {share:.1%}",
        {"held": held, "reasons": dict(reasons), "usual_share": round(share, 4)},
    )


def _held_of_one_page(run: RunEvidence) -> int:
    held = sum(number for reason, number in run.held.items() if reason in OF_ONE_PAGE)
    return min(held, run.count("held"))


def _by_rules(evidence: Evidence) -> Judgement | None:
    """Whether pages had to be read without the source's rules."""
    pool = _pool(evidence, lambda run: _by_own_rules(run), lambda run: run.count("by_fallback"))
    fallback = sum(run.count("by_fallback") for run in pool)
    if not fallback:
        return None
    number = fallback + sum(_by_own_rules(run) for run in pool)
    past = _past(evidence, pool)
    before = sum(run.count("by_fallback") for run in past)
    share = usual_share(before, before + sum(_by_own_rules(run) for run in past), least=0.01)
    alike = _likeness(evidence, pool)
    accident = _accident(fallback == number)
    if alike is not None and alike >= ALIKE:
        accident = UNLIKELY  # an odd page of the layout that is known
    elif alike is not None and alike < UNLIKE:
        accident = 1.0
    if fallback / number < 0.3 or chance_of(fallback, number, share) >= accident:
        return None
    looks = "" if alike is None else f"; they share {alike:.0%} of their markup's shape with earlier pages"
    return Judgement(
        Health.LAYOUT_CHANGED,
        f"{fallback} of {number} pages were read without the source's rules, once {share:.1%}{looks}. Check "
        f"them: communique source check {evidence.source}",
        {"by_fallback": fallback, "read": number, "usual_share": round(share, 4), "likeness": alike},
    )


def _likeness(evidence: Evidence, pool: Sequence[RunEvidence]) -> float | None:
    """How much the pages look like those before (0 to 1, the median); None: too few to compare."""
    shapes = [shape for run in pool for shape in run.shapes]
    earlier = evidence.runs[evidence.runs.index(pool[-1]) + 1 :] if pool else ()
    before = [shape for run in earlier for shape in run.shapes][:MOST_SHAPES]
    if not shapes or len(before) < LEAST_SHAPES:
        return None
    return round(median(likeness(shape, before) for shape in shapes), 3)


def _by_own_rules(run: RunEvidence) -> int:
    return max(run.count("stored", "revised", "held") - run.count("by_fallback"), 0)


def _by_fields(evidence: Evidence) -> Judgement | None:
    """Whether a field is lost that all releases had."""
    if evidence.releases < LEAST_ALWAYS:
        return None
    lost = []
    for name, before in evidence.filled.items():
        if before / evidence.releases < ALWAYS:
            continue
        pool = _pool(evidence, lambda run, name=name: run.filled.get(name, 0), lambda run: run.releases)  # type: ignore[misc]
        number = sum(run.releases for run in pool)
        without = number - sum(run.filled.get(name, 0) for run in pool)
        share = usual_share(evidence.releases - before, evidence.releases, least=0.003)
        if (
            without
            and without / number >= 0.5
            and chance_of(without, number, share) < _accident(without == number and name in DECISIVE)
            and (without > 1 or name in DECISIVE)
        ):
            lost.append((name, without, number))
    if not lost:
        return None
    words = ", ".join(f"{name} in {without} of {number}" for name, without, number in lost)
    return Judgement(
        Health.LAYOUT_CHANGED,
        f"fields are missing that nearly all {evidence.releases} releases before had: {words}. Check the "
        f"rules: communique source check {evidence.source}",
        {"lost": [name for name, _, _ in lost]},
    )


def _by_index(evidence: Evidence) -> Judgement | None:
    """Whether the index shows what it showed, and whether all of it came in."""
    run = evidence.runs[0]
    listed, known = run.count("listed"), run.count("listed_known")
    earlier = [each for each in evidence.runs[1:9] if each.count("listed") and not each.broken]
    if listed >= LEAST_LISTED and not known and len(earlier) >= 3:
        usual = [each.count("listed_known") / each.count("listed") for each in earlier]
        elapsed = (run.started_at - earlier[0].started_at) / timedelta(days=7)
        possible = 2 * evidence.at_most * max(elapsed, 1 / 7) + LEAST_LISTED
        if median(usual) > 0.1 and listed > possible:
            return Judgement(
                Health.LAYOUT_CHANGED,
                f"none of the {listed} addresses in the index is known, where {median(usual):.0%} were "
                "before: the site's addresses have changed, or the definition's `address`",
                {"listed": listed, "known": 0},
            )
    sizes = sorted(each.count("listed") for each in earlier)
    if (
        len(sizes) >= 3
        and sizes[0] >= 2 * LEAST_LISTED
        and listed <= 0.3 * sizes[0]
        and run.state == "finished"
    ):
        return Judgement(
            Health.PARTIAL,
            f"the index shows {listed} entries, where it never showed fewer than {sizes[0]}",
            {"listed": listed, "least_before": sizes[0]},
        )
    left = run.count("discovered") - run.asked - run.count("vacant")
    if run.state == "finished" and left >= max(2, 0.2 * run.count("discovered")):
        return Judgement(
            Health.PARTIAL,
            f"the index showed {run.count('discovered')} addresses to fetch, {left} of them came to no end",
            {"discovered": run.count("discovered"), "left": left},
        )
    return None


def _by_old_copy(evidence: Evidence) -> Judgement | None:
    """Whether an index is older than what it showed before."""
    old = [each for each in evidence.newest_gone if each.gone >= LEAST_GONE]
    if not old:
        return None
    each = max(old, key=lambda one: one.gone)
    return Judgement(
        Health.SILENT,
        f"the index {each.index} shows nothing after {each.shown_until}, but it showed {each.gone} addresses "
        f"up to {each.known_until} before: it is an old copy, or its newest entries were taken away",
        {
            "index": each.index,
            "shown_until": each.shown_until,
            "known_until": each.known_until,
            "gone": each.gone,
        },
    )


def _by_numbers(evidence: Evidence) -> Judgement | None:
    """Whether the publisher's own numbers have gaps that they did not have."""
    numbered = sorted(
        {each.number: each for each in evidence.numbered}.values(), key=lambda each: each.number
    )
    if len(numbered) < NUMBERS:
        return None
    latest, before = numbered[-NUMBERS:], numbered[: -NUMBERS + 1]
    passed = _passed_over(latest)
    if not passed:
        return None
    certain = [number for number, after in passed if after.seen_at <= evidence.now - SETTLED]
    missing = [number for number, _ in passed] if len(passed) > 1 else certain
    gaps = len(_passed_over(before))
    share = usual_share(gaps, gaps + len(before), least=0.004)
    span = NUMBERS + len(passed)
    if not missing or len(passed) > span / 2 + NUMBERS or chance_of(len(missing), span, share) >= IN_A_ROW:
        return None
    shown = _with_gaps(latest, missing)
    return Judgement(
        Health.PARTIAL,
        f"the publisher's numbers have gaps that they did not have before: {shown}",
        {"missing": missing, "usual_share": round(share, 4)},
    )


def _passed_over(numbered: Sequence[Numbered]) -> list[tuple[int, Numbered]]:
    """Numbers between two that are there, each with the release after it; a jump is a new series."""
    found = []
    for earlier, later in pairwise(numbered):
        if later.number - earlier.number <= NUMBERS:
            found += [(number, later) for number in range(earlier.number + 1, later.number)]
    return found


def _with_gaps(latest: Sequence[Numbered], missing: Sequence[int]) -> str:
    first = max(min(missing) - 2, latest[0].number)
    there = {each.number for each in latest}
    shown = range(first, min(max(missing) + 2, latest[-1].number + 1))
    return "No. " + ", ".join(str(number) if number in there else "_" for number in shown)


def _by_silence(evidence: Evidence) -> Judgement:
    """How long nothing came, by the source's own gaps."""
    found = silence(evidence.posted, evidence.holidays, evidence.today, evidence.at_least, evidence.of_today)
    run = evidence.runs[0]
    facts = {
        "latest": found.since,
        "days": found.days,
        "weight": round(found.weight, 2),
        "alarm": round(found.alarm, 2),
        "run": run.run,
    }
    if found.since is None:
        return Judgement(Health.SILENT, "no release was ever shown, though the run ended well", facts)
    words = f"{found.days} whole days without a release, the latest of {found.since}"
    if found.is_alarming:
        return Judgement(
            Health.SILENT,
            f"{words}: longer than its own gaps allow, weekends and holidays counted in. Look whether the "
            "site's newest pages are in its index, or the index is an old copy",
            facts,
        )
    if found.is_long:
        return Judgement(Health.QUIET, f"{words}; it has been so quiet before", facts)
    last = "run finished" if run.state == "finished" else f"run {run.state}"
    return Judgement(Health.HEALTHY, f"{last}: {run.kept} kept; latest release of {found.since}", facts)


def _by_end_alone(evidence: Evidence) -> Judgement | None:
    """Whether the latest run was ended from outside: for the time or memory that it took, say."""
    run = evidence.runs[0]
    failed = run.count("failed")
    if run.state != "failed" or (failed and failed == run.count("discovered")):
        return None  # of one page that fails the whole run fails where it was the only new one: an accident
    return Judgement(
        Health.PARTIAL,
        f"run {run.run} failed: {run.error or 'nobody noted why'}",
        {"run": run.run, "state": run.state},
    )


_RULES: tuple[Callable[[Evidence], Judgement | None], ...] = (
    _by_ending, _by_failures, _by_rules, _by_held, _by_fields, _by_index, _by_old_copy,
    _by_numbers,    _by_end_alone,
)  # fmt: skip


def _pool(
    evidence: Evidence, good: Callable[[RunEvidence], int], all_: Callable[[RunEvidence], int]
) -> list[RunEvidence]:
    """The latest run that had anything to count; and those before it, as long as nothing good was in any."""
    pool: list[RunEvidence] = []
    for run in evidence.runs:
        if not good(run) and not all_(run):
            continue
        if pool and good(run):
            break
        pool.append(run)
        if good(run) or len(pool) == MOST_POOLED:
            break
    return pool


def _past(evidence: Evidence, pool: Sequence[RunEvidence]) -> list[RunEvidence]:
    if not pool:
        return list(evidence.runs)
    earlier = evidence.runs[evidence.runs.index(pool[-1]) + 1 :]
    older = earlier[len(earlier) // 2 :]
    # What is wrong for a while must not become what is usual.
    return list(older if sum(run.asked for run in older) >= LEAST_ALWAYS else earlier)


def _accident(everything: bool) -> float:
    """Chance below which a count is none; where all of it is so, less is asked for."""
    return RARE if everything else UNLIKELY


def _words(kinds: Mapping[str, int]) -> str:
    ordered = sorted(kinds.items(), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{number} {kind}" for kind, number in ordered)


def _error(pool: Sequence[RunEvidence]) -> str:
    return next((run.error for run in pool if run.error), "see communique status for the oldest failure")


def _long(interval: timedelta) -> str:
    hours = interval.total_seconds() / 3600
    return f"{hours / 24:g} days" if hours >= 48 else f"{hours:g} hours"
