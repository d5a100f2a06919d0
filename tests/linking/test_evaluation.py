"""`link eval` says what counting all pairs, one by one, says."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.linking.clusters import Resolution
from pipelines.linking.collection import Linked
from pipelines.linking.evaluation import evaluate
from pipelines.linking.records import Record, read_records

LANGUAGES = ("en", "es", "ja")
LABELS = ("original", "translation", "template", None)


def records(folder: Path, answers: list[int], languages: list[str], labels: list[str | None]) -> list[Record]:
    path = folder / "answers.jsonl"
    lines = [
        {"id": f"r{at}", "text": "", "lang": language, "statement": f"s{answer}", "label": label}
        for at, (answer, language, label) in enumerate(zip(answers, languages, labels, strict=True))
    ]
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8")
    return read_records(path)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_scores_are_those_of_counting_every_pair(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    size = data.draw(st.integers(1, 9))
    numbers = st.lists(st.integers(0, 3), min_size=size, max_size=size)
    answers, groups = data.draw(numbers), data.draw(numbers)
    languages = data.draw(st.lists(st.sampled_from(LANGUAGES), min_size=size, max_size=size))
    labels = data.draw(st.lists(st.sampled_from(LABELS), min_size=size, max_size=size))
    lines = records(tmp_path_factory.mktemp("answers"), answers, languages, labels)
    statements = {f"r{at}": f"g{group}" for at, group in enumerate(groups)}
    found = evaluate(lines, Linked(statements, {}, Resolution((), {})))

    pairs = list(combinations(range(size), 2))
    together = {pair for pair in pairs if answers[pair[0]] == answers[pair[1]]}
    joined = {pair for pair in pairs if groups[pair[0]] == groups[pair[1]]}
    assert found.pairwise.right == len(together & joined)
    assert found.pairwise.precision == (len(together & joined) / len(joined) if joined else 1.0)
    assert found.pairwise.recall == (len(together & joined) / len(together) if together else 1.0)
    assert len(found.mistakes) == len(together ^ joined)
    assert sum(each.together for each in found.by_languages.values()) == len(together)
    assert sum(each.joined for each in found.by_kind.values()) == len(joined)
    for name, score in found.by_languages.items():
        own = {(a, b) for a, b in pairs if "-".join(sorted((languages[a], languages[b]))) == name}
        assert (score.right, score.joined, score.together) == (
            len(own & together & joined),
            len(own & joined),
            len(own & together),
        )

    precision = recall = 0.0
    for at in range(size):
        same_group = {other for other in range(size) if groups[other] == groups[at]}
        same_answer = {other for other in range(size) if answers[other] == answers[at]}
        precision += len(same_group & same_answer) / len(same_group) / size
        recall += len(same_group & same_answer) / len(same_answer) / size
    assert found.bcubed.precision == pytest.approx(precision)
    assert found.bcubed.recall == pytest.approx(recall)
    assert found.bcubed.f1 == pytest.approx(2 * precision * recall / (precision + recall))
