"""Pairs weighed together are weighed as each by itself."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipelines.linking.alignment import align, best_path
from pipelines.linking.content import Content, TextPair, score_pairs, weigh_contents
from pipelines.linking.evidence import JOINABLE, Evidence
from pipelines.linking.features import (
    limits_of_texts,
    measure_bag,
    measure_texts,
    sketch_texts,
    sketch_vectors,
)
from pipelines.linking.gate import worth_aligning
from pipelines.linking.prepared import Prepared, prepare
from pipelines.linking.scripts import relation
from pipelines.linking.vectors import Vectors
from pipelines.linking.weights import load_weights
from tests.linking.test_clusters import facts
from tests.linking.texts import JOINT_EN, JOINT_ES, exchange_rate

TEXTS = (
    ("", "", "en"),
    ("17", "", "es"),
    ("Comunicado conjunto", JOINT_ES, "es"),
    ("Joint communique", JOINT_EN, "en"),
    ("Joint communique of 2017", JOINT_EN.replace("240", "250"), "en"),
    ("Comunicado conjunto 17", JOINT_ES[: len(JOINT_ES) // 2], "es"),
    (*exchange_rate("3 de febrero", "19.4001", "21.5", "6.25"), "es"),
    (*exchange_rate("4 de febrero", "19.4010", "21.7", "6.25"), "es"),
    (
        "外务省",
        "2017年2月23日、メキシコ外務省は240百万ドルの支援を発表した。トランプ大統領は出席しなかった。",
        "ja",
    ),
    (
        "МИД",
        "23 февраля 2017 года Мексика объявила о выделении 240 млн долларов. Видегарай и Тиллерсон.",
        "ru",
    ),
)


@pytest.fixture(scope="module")
def prepared() -> list[Prepared]:
    return [prepare(title, body, language) for title, body, language in TEXTS]


def test_the_gate_answers_for_many_pairs_as_for_each(prepared: list[Prepared]) -> None:
    gate = load_weights().gate
    pairs = list(combinations(prepared, 2))
    alone = [
        gate.logit(measure_bag(one, other)[0], relation(one.language, other.language)) >= gate.ask
        for one, other in pairs
    ]
    assert worth_aligning(pairs, gate) == alone
    assert [worth_aligning([pair], gate)[0] for pair in pairs] == alone
    assert len(set(alone)) == 2


def test_scores_of_many_pairs_are_those_of_each(prepared: list[Prepared]) -> None:
    weights = load_weights()
    told = [facts(str(at)) for at in range(len(prepared))]
    pairs = [
        TextPair(told[one], told[other], Content(prepared[one]), Content(prepared[other]))
        for one, other in combinations(range(len(prepared)), 2)
    ]
    found = list(score_pairs(pairs, weights))
    assert found == [next(iter(score_pairs([pair], weights))) for pair in pairs]
    for pair, score in zip(pairs, found, strict=True):
        features, path = measure_texts(pair.ours.prepared, pair.theirs.prepared)
        logit = weights.texts.logit(features, relation(pair.left.language, pair.right.language))
        if score is None:
            assert logit < weights.texts.ask
        else:
            assert score.features == features
            assert score.alignment == path.cells


def test_what_a_path_tells_keeps_to_the_limits_that_were_told_without_it(prepared: list[Prepared]) -> None:
    chance = np.random.default_rng(3)

    def vectors(text: Prepared) -> Vectors:
        # So few dimensions that some passages are near.
        rows = chance.normal(size=(len(text.lengths), 3)).astype(np.float32)
        return Vectors("x@1", rows / np.linalg.norm(rows, axis=1, keepdims=True), tuple(range(len(rows))))

    pairs = list(combinations([each for each in prepared if len(each.lengths)] * 3, 2))
    shared = [(one, other, measure_bag(one, other)[1]) for one, other in pairs]
    for (one, other, both), sketch in zip(shared, sketch_texts(shared), strict=True):
        limits = limits_of_texts(one, other, both)
        found = sketch.features | sketch.finish()[0]
        assert limits.keys() == found.keys()
        assert all(limits[name][0] <= value <= limits[name][1] for name, value in found.items())
    of_texts = sketch_texts(shared)
    of_vectors = sketch_vectors([(one, other, vectors(one), vectors(other)) for one, other in pairs])
    reached = 0
    for sketch in (*of_texts, *of_vectors):
        limits, (found, _) = sketch.limits, sketch.finish()
        assert limits.keys() == found.keys()
        for name, value in found.items():
            assert limits[name][0] <= value <= limits[name][1]
            reached += 0 < value > limits[name][1] - 1e-4
    assert reached > 100


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 9)).flatmap(
            lambda shape: arrays(np.float32, (2, *shape), elements=st.integers(0, 4).map(float))
        ),
        max_size=6,
    )
)
def test_tables_of_many_sizes_are_summed_up_as_each(stacks: list[np.ndarray]) -> None:
    for stack, found in zip(stacks, align(stacks), strict=True):
        assert found.path == best_path(stack[0])
        assert found.others == (best_path(stack[1]).total,)


def test_headlines_of_two_days_in_a_row_never_join_though_both_texts_name_both_days() -> None:
    def warning(day: int, departments: int, rain: int, language: str) -> Prepared:
        if language == "fr":
            return prepare(
                f"Vigilance orange orages : point de situation du {day} février 2025",
                f"Météo-France maintient ce {day} février 2025 la vigilance orange orages pour {departments} "
                f"départements. Le phénomène devrait se prolonger jusqu'au {day + 1} février 2025.\n\n"
                f"On attend localement {rain} millimètres de pluie.",
                "fr",
            )
        return prepare(
            f"Orange warning for thunderstorms: situation on February {day}, 2025",
            f"On February {day}, 2025, Météo-France is maintaining the orange warning for thunderstorms in "
            f"{departments} departments. It is expected to last until February {day + 1}, 2025.\n\n"
            f"Locally {rain} millimetres of rain are expected.",
            "en",
        )

    def evidence(one: Prepared, other: Prepared) -> Evidence | None:
        left, right = facts("1", "fr_meteo", "fr"), facts("2", "fr_meteo", "en")
        (found,) = weigh_contents([TextPair(left, right, Content(one), Content(other))], load_weights())
        return found

    same = evidence(warning(15, 20, 79, "fr"), warning(15, 20, 79, "en"))
    next_day = evidence(warning(15, 20, 79, "fr"), warning(16, 7, 59, "en"))
    assert same is not None
    assert same.score >= JOINABLE
    assert next_day is None or next_day.score < JOINABLE
