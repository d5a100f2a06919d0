"""Where in a text a question is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.search import snippets
from storage.search.asking import read_question
from storage.search.texts import sought

PIECES = st.lists(
    st.sampled_from(["uno", "Dos", "dós", "tres", "unos", " ", "_", ", ", "-", "\n", "́", "移民"])
)
QUESTIONS = ["uno", '"uno dos"', '"uno dos tres"', "un*", '"dos tres" OR uno', "dos 移民", '"uno 移民"']


@given(PIECES, st.sampled_from(QUESTIONS), st.sampled_from(["es", "en", "id", ""]))
def test_only_what_is_sought_is_read_and_the_same_places_are_found(
    pieces: list[str], question: str, language: str
) -> None:
    text = "".join(pieces)
    looked = snippets._looked_for(sought(read_question(question), ["es", "en"]))
    found = snippets._places(text, language, looked)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snippets, "find_words", lambda *_: None)
        assert snippets._places(text, language, looked) == found
