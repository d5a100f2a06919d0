"""What an edit changed, sentence by sentence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.revisions import difference_of, differing_sentences, sentences_of

FIRST = "The ministers met in the capital on Thursday."
SECOND = "They agreed on a fund of 40 million pesos for the border."
THIRD = "A second meeting is to take place in the month of March."
BODY = f"{FIRST} {SECOND}\n\n{THIRD}"
SENTENCES = st.lists(
    st.integers(0, 400).map(lambda number: f"Sentence number {number} of the long communique stands here."),
    max_size=8,
)


def told(before: str, after: str) -> list[tuple[str, str | None, str | None]]:
    return [(each.kind, each.before, each.after) for each in differing_sentences(before, after)]


def test_a_changed_figure_is_one_changed_sentence_and_nothing_else() -> None:
    edited = SECOND.replace("40", "25")
    assert told(BODY, BODY.replace("40", "25")) == [("changed", SECOND, edited)]


def test_sentences_that_were_cut_added_or_moved_are_told_apart() -> None:
    assert told(BODY, f"{FIRST}\n\n{THIRD}") == [("removed", SECOND, None)]
    assert told(f"{FIRST}\n\n{THIRD}", BODY) == [("added", None, SECOND)]
    assert [kind for kind, _, _ in told(BODY, f"{THIRD}\n\n{FIRST} {SECOND}")] == ["moved"]


def test_paragraphs_and_spaces_are_no_sentences() -> None:
    assert told(BODY, f"{FIRST}  {SECOND}\n\n\n{THIRD}") == []


def test_title_and_days_are_told_beside_the_sentences() -> None:
    before = ("A title", BODY, {"said_on": "2017-02-23", "withdrawn": None})
    after = ("Another title", BODY.replace("40", "25"), {"said_on": "2017-02-24", "withdrawn": None})
    found = difference_of(before, after)
    assert [(each.field, each.before, each.after) for each in found.fields] == [
        ("title", "A title", "Another title"),
        ("said_on", "2017-02-23", "2017-02-24"),
    ]
    assert found.summary == "title; said on; sentence: 1 changed"


@given(SENTENCES, SENTENCES)
def test_what_is_removed_stood_in_the_old_text_and_what_is_added_stands_in_the_new(
    before: list[str], after: list[str]
) -> None:
    old, new = " ".join(before), " ".join(after)
    pieces = differing_sentences(old, new)
    assert (pieces == ()) == (sentences_of(old) == sentences_of(new))
    for piece in pieces:
        assert piece.before is None or piece.before in sentences_of(old)
        assert piece.after is None or piece.after in sentences_of(new)
    balance = sum((each.after is not None) - (each.before is not None) for each in pieces)
    assert balance == len(sentences_of(new)) - len(sentences_of(old))
