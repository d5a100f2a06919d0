"""Elements and saved text to paragraphs."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages.markup import parse_html
from crawler.pages.paragraphs import flat_text, flow_of, paragraphs_of, saved_paragraphs
from crawler.pages.selectors import find_elements
from tests.pages.definitions import STEADY


def read(markup: str, selector: str = "body", drop: str | None = None) -> tuple[str, ...]:
    root, _ = parse_html(f"<html><body>{markup}</body></html>")
    dropped = set(find_elements(root, drop)) if drop else ()
    return paragraphs_of(find_elements(root, selector), dropped)


def test_blocks_are_paragraphs_in_reading_order() -> None:
    markup = "<h2>Head</h2><p>One.</p><blockquote><p>Two.</p>Three.</blockquote><ul><li>Four<li>Five</ul>Six"
    assert read(markup) == ("Head", "One.", "Two.", "Three.", "Four", "Five", "Six")


def test_text_around_nested_blocks_comes_once() -> None:
    assert read("<div>a<div>b<div>c</div>d</div>e</div>") == ("a", "b", "c", "d", "e")


def test_elements_that_contain_each_other_are_read_once() -> None:
    assert read("<div class=t><div class=t><p>Only once.</p></div></div>", "div.t") == ("Only once.",)


def test_inline_markup_does_not_break_words() -> None:
    assert read("<p><span>W</span>orking <b>gr</b><i>oups</i>, x<sup>2</sup></p>") == ("Working groups, x2",)


def test_two_line_breaks_separate_and_one_is_a_space() -> None:
    assert read("First<br>line<br><br>Second<br />&nbsp;<br>Third") == ("First line", "Second", "Third")


def test_line_breaks_of_an_editor_are_spaces() -> None:
    assert read("<p>Working groups\r\n   of the\n\tMexican&nbsp;government\nmet.</p>") == (
        "Working groups of the Mexican government met.",
    )


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>var a = 'gone'</script>",
        "<style>p { gone: 1 }</style>",
        "<nav>gone</nav>",
        "<template><p>gone</p></template>",
        "<p hidden>gone</p>",
        "<div style='color: red; DISPLAY : none'>gone</div>",
        "<span style='visibility:hidden'>gone</span>",
        "<noscript>gone</noscript>",
        "<select><option>gone</select>",
        "<iframe>gone</iframe>",
        "<svg><title>gone</title></svg>",
        "<!-- gone -->",
    ],
)
def test_what_a_reader_does_not_see_is_left_out_and_the_text_after_it_stays(unseen: str) -> None:
    assert " ".join(read(f"<p>before {unseen} after</p>")).split() == ["before", "after"]


def test_text_hidden_from_screen_readers_only_stays() -> None:
    assert read("<p aria-hidden='true'>Shown.</p><p style='display:block'>Too.</p>") == ("Shown.", "Too.")


def test_a_section_that_opens_on_search_stays() -> None:
    assert read("<div hidden='until-found'>Folded.</div>") == ("Folded.",)


def test_the_button_of_a_folded_section_is_its_heading() -> None:
    assert read("<h3><button>Quick facts</button></h3><p>x <button>Share</button></p>") == (
        "Quick facts",
        "x",
    )


def test_a_row_of_figures_is_one_paragraph_and_a_layout_table_is_not() -> None:
    figures = "<table><tr><th>Year</th><th>Tons</th></tr><tr><td>2016</td><td>7</td></tr></table>"
    assert read(figures) == ("Year | Tons", "2016 | 7")
    layout = "<table><tr><td>Left</td><td><p>One.</p><p>Two.</p></td></tr></table>"
    assert read(layout) == ("Left", "One.", "Two.")


def test_preformatted_text_is_split_at_blank_lines() -> None:
    assert read("<pre>One line\nof text.\n \nSecond.</pre><p>a\n\nb</p>") == (
        "One line of text.",
        "Second.",
        "a b",
    )


def test_dropped_elements_are_left_out_with_all_inside_and_their_tail_kept() -> None:
    assert read("<p>a <span class=x>b <i>c</i></span> d</p>", drop=".x") == ("a d",)


def test_a_flow_keeps_single_line_breaks_and_cells_apart() -> None:
    root, _ = parse_html("<table><tr><td>Home</td><td>Links</td></tr></table>Heading<br>Monday<br><br>Text")
    assert flow_of(root) == ("Home", "Links", "Heading\nMonday", "Text")


def test_flat_text_parts_blocks_with_spaces() -> None:
    root, _ = parse_html("<h1><span>1 May</span><br>Talks <em>resume</em><p>soon</p></h1>")
    assert flat_text(root) == "1 May Talks resume soon"


def test_saved_text_is_split_at_blank_lines_only() -> None:
    text = "Heading\r\n\r\nA sentence that was\r\nbroken by hand.\r\n \t\r\n\r\nNext.\n\n\n"
    assert saved_paragraphs(text) == ("Heading", "A sentence that was broken by hand.", "Next.")


@pytest.mark.parametrize("depth", [2_000, 2_500, 100_000])
def test_text_is_found_however_deep_it_is_nested(depth: int) -> None:
    assert read("<div>" * depth + "<p>deep</p>" + "</div>" * depth + "<p>after</p>") == ("deep", "after")


@given(
    st.lists(
        st.sampled_from(["word", " ", "\n", "<br>", "<p>", "</p>", "<b>", "</b>", "<table>", "<td>", "<li>"]),
        max_size=60,
    )
)
@STEADY
def test_no_word_is_lost_or_doubled(pieces: list[str]) -> None:
    rng = random.Random(7)
    numbered = [f" w{rng.randrange(10**9)} " if piece == "word" else piece for piece in pieces]
    wanted = sorted(piece.strip() for piece in numbered if piece.startswith(" w"))
    found = " ".join(read("".join(numbered))).replace("|", " ").split()
    assert sorted(found) == wanted
