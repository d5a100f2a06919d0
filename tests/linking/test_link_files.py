"""`communique link FILE`, `link eval`, `link train`: files of releases, linked without a database."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipelines.linking.collection import candidates, gather, link
from pipelines.linking.encoders import open_encoder
from pipelines.linking.records import RecordError, read_records
from pipelines.linking.republishing import republish
from pipelines.linking.weights import FORMAT, WeightsError, load_weights
from scheduler.cli import app
from tests.linking import texts


def line(name: str, language: str, title: str, text: str, **more: object) -> dict[str, Any]:
    return {
        "id": name,
        "source": f"site-{name}",
        "url": f"https://{name}.example/",
        "lang": language,
        "date": "2026-02-23",
        "title": title,
        "text": text,
        **more,
    }


VERSIONS = [
    line("original", "es", texts.JOINT_TITLE, texts.JOINT_ES, statement="joint"),
    line("mirror", "en", "Media 022726 SRE", texts.JOINT_EN, statement="joint", date="2026-02-27"),
    line("other-es", "es", "El canciller recibe a su homólogo", texts.OTHER_ES, statement="other"),
    line("other-en", "en", "Foreign minister received", texts.OTHER_EN, statement="other"),
    line("follow-up", "es", "Segunda reunión de trabajo", texts.FOLLOW_UP_ES, statement="follow-up"),
    line(
        "transcript", "es", "Mensaje a medios", texts.TRANSCRIPT_ES, statement="transcript", kind="transcript"
    ),
]


def written(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in lines), encoding="utf-8")
    return path


def run(*words: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(word) for word in words])
    return result.exit_code, result.stdout, result.stderr


def statements(lines: list[dict[str, Any]], path: Path, encoder: str) -> dict[str, str]:
    code, out, err = run("link", written(path, lines), "--json", "--encoder", encoder)
    assert code == 0, err
    found = [json.loads(each) for each in out.splitlines()]
    assert [each["id"] for each in found] == [each["id"] for each in lines]
    return {each["id"]: each["statement"] for each in found}


@pytest.mark.parametrize("encoder", ["none", "use"])
def test_a_translation_joins_its_original_by_content_alone(tmp_path: Path, encoder: str) -> None:
    found = statements(VERSIONS, tmp_path / "a.jsonl", encoder)
    assert found["original"] == found["mirror"]
    assert found["other-es"] == found["other-en"]
    assert len(set(found.values())) == 4


def test_the_order_of_the_file_changes_nothing(tmp_path: Path) -> None:
    first = statements(VERSIONS, tmp_path / "a.jsonl", "none")
    shuffled = list(VERSIONS)
    for seed in range(3):
        random.Random(seed).shuffle(shuffled)
        assert statements(shuffled, tmp_path / "b.jsonl", "none") == first


def template(day: int, rate: str, language: str = "es", **more: object) -> dict[str, Any]:
    if language == "es":
        body = (
            f"El Banco Central informa que el tipo de cambio del {day} de mayo de 2026 es de {rate} pesos "
            "por dólar de los Estados Unidos. El cálculo toma en cuenta las operaciones al mayoreo del día "
            "anterior. La cifra se publica para liquidar obligaciones pagaderas en la República."
        )
    else:
        body = (
            f"The Central Bank reports that the exchange rate of May {day}, 2026 is {rate} pesos per dollar "
            "of the United States. The calculation takes into account wholesale operations of the day "
            "before. The figure is published to settle obligations payable in the Republic."
        )
    title = f"Tipo de cambio del {day} de mayo" if language == "es" else f"Exchange rate of May {day}"
    return line(f"rate-{language}-{day}", language, title, body, date=f"2026-05-{day:02d}", **more)


@pytest.mark.parametrize("encoder", ["none", "use"])
def test_a_template_of_another_day_never_joins(tmp_path: Path, encoder: str) -> None:
    days = {4: "17.2513", 5: "17.3208", 6: "17.1894", 7: "17.4021"}
    lines = [template(day, rate, language) for day, rate in days.items() for language in ("es", "en")]
    found = statements(lines, tmp_path / "a.jsonl", encoder)
    for day in days:
        for other in set(days) - {day}:
            for one, two in (("es", "es"), ("en", "en"), ("es", "en")):
                assert found[f"rate-{one}-{day}"] != found[f"rate-{two}-{other}"]


BAD: Mapping[str, tuple[bytes, str]] = {
    "no JSON": (b"{id: 1}", "no JSON object"),
    "no UTF-8": (b'{"id": "\xff"}', "no JSON object"),
    "a list": (b"[1]", "expected an object, found list"),
    "deep": (b"[" * 100_000, "no JSON object"),
    "a number for a text": (
        json.dumps({**VERSIONS[0], "text": 5}).encode(),
        "expected text as a string, found int",
    ),
    "no id": (b'{"text": "Words."}', "id is empty"),
    "a truth for an id": (b'{"id": true, "text": "Words."}', "expected id as a string, found bool"),
    "another kind": (json.dumps({**VERSIONS[0], "kind": "poem"}).encode(), "expected kind as one of"),
    "the same id": (json.dumps(VERSIONS[1]).encode(), "ids must differ"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_line_is_told_with_its_number(tmp_path: Path, name: str) -> None:
    raw, says = BAD[name]
    path = written(tmp_path / "bad.jsonl", [VERSIONS[1]])
    path.write_bytes(path.read_bytes() + b"\n" + raw + b"\n")
    with pytest.raises(RecordError, match=r"bad\.jsonl, line 3") as caught:
        read_records(path)
    assert says in str(caught.value)
    code, out, err = run("link", path, "--json", "--encoder", "none")
    assert code == 1
    assert not out
    assert "line 3" in err


def test_what_a_line_does_not_tell_keeps_nothing_apart(tmp_path: Path) -> None:
    bare: list[dict[str, Any]] = [
        {key: each[key] for key in ("id", "text", "kind") if key in each} for each in VERSIONS
    ]
    bare[1] |= {"lang": None, "date": None, "title": None, "source": None, "url": None, "extra": [1, {}]}
    bare[3] |= {"lang": "english, I think", "date": "spring", "title": "", "source": ""}
    found = statements(bare, tmp_path / "a.jsonl", "none")
    assert found["original"] == found["mirror"]
    assert found["other-es"] == found["other-en"]
    assert len(set(found.values())) == 4


@pytest.mark.parametrize("encoder", ["none", "use"])
def test_a_wrong_day_and_a_wrong_language_hide_no_translation(tmp_path: Path, encoder: str) -> None:
    lines = [dict(each) for each in VERSIONS]
    lines[0] |= {"lang": "es_419"}
    lines[1] |= {"date": "2026-05-11", "lang": "de", "title": ""}
    found = statements(lines, tmp_path / "a.jsonl", encoder)
    assert found["original"] == found["mirror"]
    assert len(set(found.values())) == 4


def test_a_sentence_without_figures_and_names_is_looked_for_in_whole_texts(tmp_path: Path) -> None:
    quoted = (
        "They talked about cooperation in energy and fisheries, and signed memoranda on student exchange."
    )
    lines = [*VERSIONS, line("quote", "en", "", quoted, date=None)]
    records = read_records(written(tmp_path / "quote.jsonl", lines))
    with_whole = ("other-es", "quote")

    def pairs(encoder: str) -> set[tuple[str, str]]:
        found = gather(records, open_encoder(encoder))
        return {(found.records[one].id, found.records[other].id) for one, other in candidates(found)}

    assert with_whole not in pairs("none")
    assert with_whole in pairs("use")


def test_what_any_two_texts_of_one_day_share_joins_nothing(tmp_path: Path) -> None:
    lines = [
        line(
            "ja",
            "ja",
            "協議の開催",
            "12月4日、日本と中国の局長級協議が長崎で開催されました。次回は来年、中国で行います。",
        ),
        line("zh", "zh", "举行磋商", "12月4日,中国与日本在长崎举行磋商。双方同意就海上救助继续交换意见。"),
    ]
    found = statements(lines, tmp_path / "accounts.jsonl", "none")
    assert found["ja"] != found["zh"]


def test_every_line_has_its_answer_even_when_there_is_nothing_in_it(tmp_path: Path) -> None:
    lines = [
        {"id": 7, "text": None},
        {"id": "empty", "text": "  \n", "lang": "xx-weird-"},
        {"id": "a stop", "text": "。", "lang": "zh-Hans", "date": "2026-13-45"},
        {"id": "characters", "text": "\u0000 \ud800", "date": "1"},
        {"id": "letters", "text": "a " * 200, "lang": "pt-BR"},
    ]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8")
    code, out, err = run("link", path, "--json", "--encoder", "none")
    assert code == 0, err
    found = [json.loads(each) for each in out.splitlines()]
    assert [each["id"] for each in found] == [7, "empty", "a stop", "characters", "letters"]
    assert len({each["statement"] for each in found}) == 5
    assert "line 3: date '2026-13-45' cannot be read" in err


def test_eval_tells_what_was_joined_wrongly_and_what_was_missed(tmp_path: Path) -> None:
    lines = [
        *VERSIONS[:4],
        line("lonely", "fr", "Autre", "Un texte qui ne dit rien de tout cela, du tout.", statement="joint"),
    ]
    code, out, err = run("link", "eval", written(tmp_path / "a.jsonl", lines), "--json", "--encoder", "none")
    assert code == 0, err
    found = json.loads(out)
    assert found["pairwise"] == {
        "precision": 1.0, "recall": 0.5, "f1": 0.6667, "right": 2, "joined": 2, "together": 4,
    }  # fmt: skip
    assert found["by_languages"]["en-es"]["recall"] == 1.0
    assert {(each["left"], each["right"], each["joined"]) for each in found["worst"]} == {
        ("lonely", "mirror", False),
        ("lonely", "original", False),
    }
    assert found["b_cubed"]["precision"] == 1.0
    assert found["b_cubed"]["recall"] == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 2) / 5, abs=1e-4)


def test_eval_wants_answers(tmp_path: Path) -> None:
    unanswered = [{key: value for key, value in each.items() if key != "statement"} for each in VERSIONS]
    code, _, err = run("link", "eval", written(tmp_path / "a.jsonl", unanswered), "--encoder", "none")
    assert code == 1
    assert "`statement`" in err


def test_too_little_to_learn_from_is_said(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", VERSIONS)
    code, _, err = run("link", "train", path, "--out", tmp_path / "w.json", "--encoder", "none")
    assert code == 1
    assert "at least 20 of each" in err
    assert not (tmp_path / "w.json").exists()


def test_an_encoder_that_the_weights_do_not_know_is_refused(tmp_path: Path) -> None:
    told = json.loads((Path("pipelines/linking/weights.json")).read_text(encoding="utf-8"))
    told["scorers"] = {name: each for name, each in told["scorers"].items() if "@" not in name}
    weights = tmp_path / "w.json"
    weights.write_text(json.dumps(told), encoding="utf-8")
    path = written(tmp_path / "a.jsonl", VERSIONS)
    code, _, err = run("link", path, "--weights", weights, "--encoder", "use")
    assert code == 1
    assert "link train --encoder use" in err


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "[]",
        "{}",
        '{"format": 99}',
        json.dumps({"format": FORMAT, "scorers": {}}),
        '{"format": 1, "scorers": 5}',
    ],
)
def test_a_file_that_holds_no_weights_is_refused_by_name(tmp_path: Path, raw: str) -> None:
    path = tmp_path / "w.json"
    path.write_text(raw, encoding="utf-8")
    with pytest.raises(WeightsError, match=r"w\.json"):
        load_weights(path)


def test_weights_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    told = json.loads((Path("pipelines/linking/weights.json")).read_text(encoding="utf-8"))
    told["scorers"]["texts"]["join"] = float("nan")
    path = tmp_path / "w.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(WeightsError, match="no numbers"):
        load_weights(path)


def test_the_shipped_weights_say_what_they_were_learned_from() -> None:
    weights = load_weights()
    assert weights.made["on"]
    assert all(len(each["sha256"]) == 64 for each in weights.made["data"])
    assert weights.for_model("use@0.2.1") is not None
    for scorer in (weights.texts, weights.for_model("use@0.2.1")):
        assert scorer is not None
        assert scorer.told["calibration error"] < 0.02
        assert scorer.ask <= scorer.join


def test_the_shares_of_features_add_up_to_the_margin(tmp_path: Path) -> None:
    records = read_records(written(tmp_path / "a.jsonl", VERSIONS[:2]))
    weights = load_weights()
    linked = link(gather(records), lambda _one, _other: weights)
    (found,) = linked.links.values()
    total = sum(found.features["shares"].values())
    assert total == pytest.approx(found.features["margin"] + weights.texts.join, abs=0.02)


def test_a_republished_copy_is_made_the_same_on_every_machine(tmp_path: Path) -> None:
    record = read_records(written(tmp_path / "a.jsonl", VERSIONS[:1]))[0]
    copies = [republish(record, seed) for seed in range(8)]
    assert copies == [republish(record, seed) for seed in range(8)]
    assert len({each.text for each in copies}) > 4
    assert all(each.statement == record.statement and each.id != record.id for each in copies)
