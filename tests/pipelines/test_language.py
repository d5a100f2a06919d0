"""The language is found in the text; the declaration and the page only weigh between opinions."""

from __future__ import annotations

from contextlib import suppress

import pytest

from pipelines import language as module
from pipelines.hold import HoldBack
from pipelines.language import SAMPLE, find_language, primary, sampled
from tests.pipelines.made import ENGLISH, SPANISH

TEXTS = {
    "en": " ".join(ENGLISH),
    "es": " ".join(SPANISH),
    "fr": "La ministre des Affaires étrangères a reçu ce matin son homologue afin d'examiner les relations "
    "entre "
    "les deux pays. Ils ont décidé de se revoir avant la fin de l'année et de renforcer la coopération.",
    "pt": "O ministro das Relações Exteriores recebeu hoje a delegação visitante para avaliar os avanços "
    "da agenda "
    "bilateral. As duas partes decidiram criar um grupo de trabalho que se reunirá ainda neste ano.",
    "de": "Die Außenministerin hat heute ihren Amtskollegen empfangen, um über die Beziehungen zwischen "
    "beiden "
    "Ländern zu sprechen. Sie vereinbarten, die Zusammenarbeit in den kommenden Jahren zu vertiefen.",
    "it": "Il ministro degli Affari esteri ha ricevuto oggi la delegazione in visita per esaminare i "
    "progressi "
    "della collaborazione tra i due paesi. Le parti hanno deciso di incontrarsi di nuovo entro la fine "
    "dell'anno.",
    "ar": "استقبل وزير الخارجية اليوم وفدا زائرا لبحث العلاقات بين البلدين وسبل تعزيز التعاون في مجالات "
    "التجارة "
    "والهجرة والأمن، واتفق الجانبان على عقد اجتماع آخر قبل نهاية العام.",
    "ur": "وزیر خارجہ نے آج ایک وفد سے ملاقات کی جس میں دونوں ملکوں کے تعلقات پر بات چیت ہوئی۔ دونوں "
    "فریقوں نے اس "
    "سال کے آخر تک ایک اور اجلاس منعقد کرنے پر اتفاق کیا ہے اور تعاون بڑھانے کا فیصلہ کیا گیا۔",
    "ca": "El conseller d'Acció Exterior ha rebut avui la delegació que visita el país per revisar els "
    "acords "
    "vigents. Totes dues parts han decidit tornar-se a reunir abans que acabi l'any amb noves propostes.",
    "gl": "O conselleiro recibiu hoxe a delegación que visita o país para revisar os acordos entre as dúas "
    "administracións. Ambas as partes decidiron reunirse outra vez antes de que remate o ano coas novas "
    "propostas.",
    "zh": "外交部长今天会见了来访的代表团，双方就两国关系以及贸易、移民和安全等议题交换了意见，并同意在今年"
    "年底之前再次举行会谈。",
    "ja": "外務大臣は本日、訪問中の代表団と会談し、両国の関係や貿易、移民、安全保障について意見を交換しまし"
    "た。双方は年末までに再び会合を開くことで一致しました。",
    "ru": "Министр иностранных дел принял сегодня прибывшую делегацию, чтобы обсудить отношения между двумя "
    "странами. Стороны договорились провести новую встречу до конца года и расширить сотрудничество.",
}


@pytest.mark.parametrize("tag", TEXTS)
def test_each_language_is_found_where_it_is_declared(tag: str) -> None:
    assert find_language("", [TEXTS[tag]], [tag]).language == tag


@pytest.mark.parametrize("tag", TEXTS)
def test_each_language_is_found_among_all(tag: str) -> None:
    found = find_language("", [TEXTS[tag]], list(TEXTS))
    assert found.language == tag
    assert not [note for note in found.notes if "page says" in note]


@pytest.mark.parametrize("tag", [each for each in TEXTS if each != "en"])
def test_a_language_that_is_not_declared_holds_back(tag: str) -> None:
    with pytest.raises(HoldBack) as held:
        find_language("", [TEXTS[tag]], ["en"])
    assert held.value.reason == "language not declared"
    assert f"found {tag}" in held.value.detail
    assert "declared are en" in held.value.detail
    assert TEXTS[tag][:20] in held.value.detail


def test_what_the_page_says_of_itself_does_not_count_against_the_text() -> None:
    """GOV.UK has a file called Arabic that is Urdu."""
    found = find_language("", [TEXTS["ur"]], ["en", "ar", "ur"], "ar")
    assert found.language == "ur"
    assert found.notes == ("language: the page says ar, the text is ur",)


def test_variants_of_a_language_are_the_language() -> None:
    assert find_language("", [TEXTS["pt"]], ["pt-br"], "pt-BR").language == "pt"
    assert find_language("", [TEXTS["pt"]], ["pt-br"], "pt-BR").notes == ()
    assert primary("zh-Hant") == primary("yue") == "zh"


def test_a_text_too_short_to_tell_is_in_the_only_declared_language() -> None:
    found = find_language("T-MEC 2017", ["N° 5"], ["es"])
    assert found.language == "es"
    assert found.notes == ("language as declared: the text is too short to tell",)


def test_a_text_too_short_to_tell_is_in_the_language_that_the_page_says() -> None:
    assert find_language("T-MEC 2017", ["N° 5"], ["es", "en"], "en").language == "en"


def test_a_text_too_short_to_tell_is_held_back_where_nothing_settles_it() -> None:
    with pytest.raises(HoldBack, match="declared are es, en"):
        find_language("T-MEC 2017", ["N° 5"], ["es", "en"])


def test_a_large_part_in_another_language_is_noted() -> None:
    found = find_language("", [TEXTS["es"], TEXTS["es"], TEXTS["en"]], ["es", "en"])
    assert found.language == "es"
    assert "language: a large part of the text is in en" in found.notes


def test_a_quotation_at_the_beginning_does_not_decide() -> None:
    body = [TEXTS["en"], *[TEXTS["es"]] * 6]
    assert find_language("Declaración", body, ["es"]).language == "es"


def test_the_sample_is_bounded_and_from_all_over_the_text() -> None:
    body = [letter * 1000 for letter in "abcdefghi"]
    sample = sampled("Title", body)
    assert len(sample) <= SAMPLE + 5
    assert {"a", "e", "i"} <= set(sample)
    assert sampled("Title", ["short"]) == "Title short"


def test_the_second_opinion_is_not_asked_when_the_first_is_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(text: str) -> None:
        raise AssertionError(f"asked about {text[:20]!r}")

    monkeypatch.setattr(module, "_second_opinion", ask)
    assert find_language("", [TEXTS["es"]], ["es", "en"]).language == "es"


def test_characters_that_the_first_opinion_refuses_leave_the_second() -> None:
    assert find_language("", [TEXTS["es"] + "\U000e0fff\ufdd0"], ["es"]).language == "es"


def test_on_a_short_text_a_sure_first_opinion_is_not_believed_alone() -> None:
    """CLD2 is sure that this Portuguese title is Galician."""
    found = find_language("Aviso aos viajantes para os próximos feriados", [], ["gl", "pt"])
    assert found.language == "pt"
    assert found.notes == ("language: told apart from gl by its spelling",)


@pytest.mark.parametrize("declared", TEXTS)
def test_a_wrong_language_never_passes_for_the_only_declared_one_silently(declared: str) -> None:
    """Whatever is found: it is the text's language, or the release is held back, or a note says so."""
    for tag, text in TEXTS.items():
        for piece in (text, text[:120], text[:60]):
            with suppress(HoldBack):
                found = find_language("", [piece], [declared])
                assert found.language == declared
                assert tag == declared or found.notes
