"""What two versions of a text differ in is flagged, and ways of writing are not."""

from __future__ import annotations

from datetime import date

import pytest

from benchmarks.differences import measure
from pipelines.linking.differences import Differences, find_differences
from pipelines.linking.rows import Text

SPANISH = (
    "El ministro Gaspar Undurraga presentó hoy el plan para el puerto de Iquique, que contempla 276 millones "
    "de dólares.\n\n"
    "El antepuerto recibirá 950 camiones y la ruta tendrá 114 kilómetros. La licitación se abrirá el 18 de "
    "agosto.\n\n"
    "Las autoridades agradecieron a las comunidades su participación en el diálogo de los últimos meses.\n\n"
    "Se estima que las obras generarán 3.400 empleos directos hasta 2027."
)
ENGLISH = (
    "Minister Gaspar Undurraga presented today the plan for the port of Iquique, which envisages 276 million "
    "dollars.\n\n"
    "The outer port will receive 950 trucks and the road will have 114 kilometers. The tender will open on "
    "August 18.\n\n"
    "The authorities thanked the communities for taking part in the dialogue of the past months.\n\n"
    "The works are expected to generate 3,400 direct jobs by 2027."
)


def flags(english: str, spanish: str = SPANISH, **more: object) -> list[tuple[str, str | None, str | None]]:
    found = find_differences(Text("es", spanish), Text("en", english), **more)  # type: ignore[arg-type]
    return [(each.kind, each.left, each.right) for each in found.flags]


def test_a_faithful_translation_has_no_flag() -> None:
    assert flags(ENGLISH) == []


def test_a_changed_number_stands_against_the_original_one() -> None:
    assert flags(ENGLISH.replace("950", "590")) == [("number", "950", "590")]


def test_a_million_that_became_a_billion_is_flagged() -> None:
    assert flags(ENGLISH.replace("276 million", "276 billion")) == [("number", "276 millones", "276 billion")]


def test_a_changed_day_is_flagged() -> None:
    assert flags(ENGLISH.replace("August 18", "August 28")) == [("day", "18 de agosto", "August 28")]


def test_a_changed_year_is_flagged() -> None:
    assert flags(ENGLISH.replace("2027", "2029")) == [("year", "2027", "2029")]


def test_a_changed_name_is_flagged() -> None:
    assert flags(ENGLISH.replace("Undurraga", "Larrondo")) == [
        ("name", "Gaspar Undurraga", "Gaspar Larrondo")
    ]


def test_a_name_spelled_by_other_rules_is_the_same_name() -> None:
    russian = "Министр Юхим Жмеринский принял делегацию.\n\nВстреча прошла в Киеве."
    english = "Minister Yukhym Zhmerynskyi received the delegation.\n\nThe meeting was held in Kyiv."
    assert find_differences(Text("ru", russian), Text("en", english)).flags == ()


def test_a_missing_number_is_flagged_and_a_number_in_words_is_not_missing() -> None:
    assert flags(ENGLISH.replace("950 trucks", "trucks")) == [("number", "950", None)]
    assert flags(ENGLISH.replace("114 kilometers", "one hundred and fourteen kilometers")) == []


def test_a_dropped_paragraph_is_left_out() -> None:
    paragraphs = ENGLISH.split("\n\n")
    dropped = SPANISH.split("\n\n")[1]
    assert flags("\n\n".join([paragraphs[0], *paragraphs[2:]])) == [("left out", dropped, None)]


def test_an_added_sentence_is_flagged_with_its_words() -> None:
    extra = "Critics of the plan have announced protests in the streets of the northern cities."
    changed = ENGLISH.replace("August 18.", f"August 18. {extra}")
    assert flags(changed) == [("added", None, extra)]


def test_an_editors_insertion_is_flagged_and_a_mark_of_omission_is_not() -> None:
    changed = ENGLISH.replace("port of Iquique", "port of Iquique [northern Chile]").replace(
        "months.", "months [...]."
    )
    assert flags(changed) == [("inserted", None, "[northern Chile]")]


def test_paragraphs_in_another_order_are_moved_and_not_missing() -> None:
    first, second, third, fourth = ENGLISH.split("\n\n")
    kinds = {kind for kind, _, _ in flags("\n\n".join((first, fourth, third, second)))}
    assert kinds == {"moved"}


def test_the_day_of_a_version_may_be_written_out_for_today() -> None:
    dated = ENGLISH.replace("presented today", "presented on May 28")
    assert flags(dated) == [("day", None, "May 28")]
    assert flags(dated, days=[date(2025, 5, 28)]) == []


def test_an_hour_is_the_same_in_both_ways_of_counting() -> None:
    turkish = "Saat 18.00 itibarıyla 9 kişi yaralanmıştır.\n\nToplantı saat 14.30'da yapılacaktır."
    english = "As of 6 p.m., 9 people have been injured.\n\nThe meeting will be held at 2:30 p.m."
    assert find_differences(Text("tr", turkish), Text("en", english)).flags == ()


@pytest.mark.parametrize("empty", ["", "   \n\n  "])
def test_an_empty_version_leaves_everything_out(empty: str) -> None:
    found = find_differences(Text("es", SPANISH), Text("en", empty))
    assert found.right == ()
    assert [flag.kind for flag in found.flags] == ["left out"] * 4


def test_rows_cover_every_paragraph_of_both_sides_once() -> None:
    found: Differences = find_differences(
        Text("es", SPANISH), Text("en", ENGLISH + "\n\nContact: press desk.")
    )
    assert sorted(each for row in found.rows for each in row.left) == [0, 1, 2, 3]
    assert sorted(each for row in found.rows for each in row.right) == [0, 1, 2, 3, 4]


def test_hostile_text_is_compared_without_failing() -> None:
    strange = "9" * 5000 + " 99. Foo 2月99日 31月31日 [[[ " + "١" * 50 + "\n\n" + "." * 3000
    for language in ("en", "ar", "ja", "xx"):
        find_differences(Text("es", SPANISH), Text(language, strange))
        find_differences(Text(language, strange), Text("es", SPANISH))


def test_differences_put_into_our_translations_are_found_and_little_else() -> None:
    """Floors under what `python -m benchmarks.differences` measures: see benchmarks/README.md."""
    found = measure(None, "dev", show=False)
    assert found["all"]["precision"] >= 0.9
    assert found["number"]["recall"] >= 0.93
    assert found["day"]["recall"] >= 0.93
    assert found["left out"]["recall"] >= 0.88
    assert found["added"]["recall"] >= 0.85
    assert found["name"]["recall"] >= 0.6
    assert found["as they are"]["with a false flag"] <= 2
