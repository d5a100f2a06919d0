"""Which release it is, what it says, and what ties it to others."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rensa import RMinHash

from crawler.items import Alternate, CapturePlace, ClaimKind, Release, ReleaseItem, Role, Standing
from pipelines.identify import release_id
from pipelines.process import process
from pipelines.signature import ALGORITHM_VERSION, resemblance, shingles, signature_of
from tests.pipelines.made import CAPTURED, ENGLISH, FOOT_LINE, SPANISH, ministry_item, mirror_item


def released(item: object) -> Release:
    release = process(item)
    assert isinstance(release, Release), release
    return release


def claims(release: Release, kind: ClaimKind) -> list[str]:
    return [claim.value for claim in release.claims if claim.kind is kind]


# Identity


def test_the_id_is_made_of_source_and_key() -> None:
    expected = hashlib.sha256(b"mx_sre\nprensa/visita-de-la-delegacion").hexdigest()[:20]
    assert released(ministry_item()).id == f"r{expected}"


def test_the_publishers_own_id_goes_before_the_address() -> None:
    one = released(ministry_item(native_id="press/7"))
    moved = released(ministry_item(native_id="press/7", url="https://www.gob.mx/sre/prensa/otra-direccion"))
    assert one.id == moved.id == release_id("mx_sre", "press/7", "anything")
    assert one.id != released(ministry_item()).id


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Otro título | gob.mx"},
        {"title": "  Recibe el canciller a la delegación\u200b visitante"},
        {"body": SPANISH[:2]},
        {"kind": "Boletín"},
        {"issuers": ("SEGOB",)},
        {"url": "http://www.gob.mx/sre/es/prensa/visita-de-la-delegacion?idiom=es#texto"},
    ],
)
def test_no_change_of_content_or_spelling_changes_the_id(changes: dict[str, object]) -> None:
    assert released(ministry_item(**changes)).id == released(ministry_item()).id


def test_two_languages_at_two_addresses_are_two_releases() -> None:
    english = ministry_item(url="https://www.gob.mx/sre/prensa/visit", title="Visit", body=ENGLISH)
    assert released(english).id != released(ministry_item()).id


# Content


def test_the_same_content_has_the_same_digest_whatever_surrounds_it() -> None:
    again = ministry_item(
        body=("Compartir", *SPANISH, "—000—"),
        notes=("read again",),
        modified="8",
        etag='"z"',
        capture=CapturePlace("b.warc.gz", 7, 9),
        captured_at=CAPTURED.replace(hour=13),
        posted_at=CAPTURED,
    )
    assert released(again).content_digest == released(ministry_item()).content_digest


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Otro título"},
        {"body": SPANISH[:2]},
        {"body": (" ".join(SPANISH),)},
        {"posted_on": CAPTURED.date()},
        {"said": "x", "said_on": CAPTURED.date()},
        {"issuers": ("SRE-SEGOB",)},
        {"withdrawn": "Retirado"},
        {"withdrawn": "Retirado", "withdrawn_at": CAPTURED},
    ],
)
def test_every_change_that_a_reader_sees_changes_the_digest(changes: dict[str, object]) -> None:
    assert released(ministry_item(**changes)).content_digest != released(ministry_item()).content_digest


def test_every_field_of_the_raw_item_that_is_kept_arrives() -> None:
    release = released(
        ministry_item(
            summary="Un  resumen",
            attachments=("https://www.gob.mx/a.pdf",),
            withdrawn="Retirado",
            withdrawn_at=CAPTURED,
            modified="8",
            etag='"z"',
            last_modified="Thu",
            notes=("mine",),
            capture=CapturePlace("b.warc.gz", 7, 9),
            capture_digest="sha256:0",
            issuers=("SRE",),
        )
    )
    assert release.summary == "Un resumen"
    assert release.kind_raw == "Comunicado"
    assert release.posted_raw == "23 de febrero de 2017"
    assert release.issuers_raw == ("SRE",)
    assert release.notes == ("mine",)
    assert release.body == "\n\n".join(SPANISH)
    raw = ministry_item()
    shared = {each.name for each in fields(Release)} & {each.name for each in fields(ReleaseItem)}
    for name in shared - {"key", "title", "body", "language", "kind", "said_on", "issuers", "summary"}:
        if getattr(raw, name) is not None and getattr(raw, name) != ():
            assert getattr(released(raw), name) == getattr(raw, name), name


def test_a_mirrors_translation_is_whole() -> None:
    release = released(mirror_item())
    assert (release.role_hint, release.standing) == (Role.TRANSLATION, Standing.UNOFFICIAL)
    assert release.attribution == FOOT_LINE
    assert release.translator is None
    assert release.insertions == 1


# Claims


def test_every_release_claims_its_own_address() -> None:
    assert claims(released(ministry_item()), ClaimKind.ADDRESS) == ["mx_sre|prensa/visita-de-la-delegacion"]


def test_an_alternate_claims_what_the_other_claims_for_itself() -> None:
    english_url = "https://www.canada.ca/en/global-affairs/news/2017/02/visit.html"
    french_url = "https://www.canada.ca/fr/affaires-mondiales/nouvelles/2017/02/visite.html"
    english = released(
        ministry_item(
            source="ca_gac", url=english_url, title="Visit", body=ENGLISH, kind="News release",
            alternates=(Alternate(french_url, "fr"), Alternate(english_url, "en")),
        )
    )  # fmt: skip
    french_text = (
        "La ministre a reçu ce matin son homologue afin d'examiner les relations entre les deux pays."
    )
    french = released(
        ministry_item(
            source="ca_gac", url=french_url, title="Visite", body=(french_text,), kind="Communiqué de presse",
            alternates=(Alternate(english_url, "en"),),
        )
    )  # fmt: skip
    assert claims(english, ClaimKind.ALTERNATE) == claims(french, ClaimKind.ADDRESS)
    assert claims(french, ClaimKind.ALTERNATE) == claims(english, ClaimKind.ADDRESS)


def test_alternates_that_no_definition_knows_claim_nothing() -> None:
    item = ministry_item(
        alternates=(
            Alternate("https://unknown.example/x"),
            Alternate("http://[broken"),
            Alternate("/relative"),
        )
    )
    assert claims(released(item), ClaimKind.ALTERNATE) == []


def test_a_mirrors_source_link_claims_the_originals_address() -> None:
    item = mirror_item(source_links=("http://www.gob.mx/sre/es/prensa/visita-de-la-delegacion?idiom=es",))
    assert claims(released(item), ClaimKind.SOURCE_LINK) == claims(
        released(ministry_item()), ClaimKind.ADDRESS
    )


def test_shared_ids_are_the_publishers_own() -> None:
    item = ministry_item(shared_ids=("abc", "abc", "def"))
    assert claims(released(item), ClaimKind.SHARED_ID) == ["mx_sre|abc", "mx_sre|def"]


def test_an_original_and_its_translation_claim_the_same_number() -> None:
    original = released(ministry_item(body=("Comunicado No. 056", *SPANISH)))
    translation = released(
        ministry_item(
            url="https://www.gob.mx/sre/prensa/visit", title="Visit", body=("Press Release No. 56", *ENGLISH)
        )
    )
    mirrored = released(mirror_item(body=("Press Release No. 056", *ENGLISH)))
    for release in (original, translation, mirrored):
        assert claims(release, ClaimKind.FOLIO) == ["mx.sre|2017|56"]
    assert (original.folio, translation.folio) == ("056", "56")


def test_a_joint_communiques_number_is_the_numbering_ministrys() -> None:
    joint = {"issuers": ("SRE-SEGOB-SHCP",), "body": ("Comunicado No. 9", *SPANISH)}
    ours = released(ministry_item(**joint))
    url = "https://www.gob.mx/segob/prensa/visita-de-la-delegacion"
    theirs = released(ministry_item(source="mx_segob", url=url, **joint))
    assert claims(ours, ClaimKind.FOLIO) == ["mx.sre|2017|9"]
    assert claims(theirs, ClaimKind.FOLIO) == ["mx.segob|2017|9"]


def test_a_foot_line_claims_issuers_and_day_in_any_order() -> None:
    line = "Joint SEGOB-SRE Communique, Feb. 23, 2017; translation"
    expected = ["mx.segob+mx.sre|2017-02-23"]
    assert claims(released(mirror_item()), ClaimKind.ATTRIBUTION) == expected
    assert claims(released(mirror_item(attribution=line)), ClaimKind.ATTRIBUTION) == expected


def test_claims_come_once_and_in_a_fixed_order() -> None:
    item = ministry_item(
        shared_ids=("a",), alternates=(Alternate("https://www.gob.mx/sre/prensa/visit"),) * 2
    )
    found = released(item).claims
    assert len(set(found)) == len(found)
    assert found == released(item).claims


# Signature


def test_a_signature_is_128_values_that_never_change() -> None:
    """Stored signatures are compared with new ones: rensa, seed and shingles must give these for ever."""
    signature = signature_of(["Working groups held a high-level meeting", "in the capital."], "en")
    assert len(signature) == 4 * 128
    assert RMinHash.ALGORITHM_VERSION == ALGORITHM_VERSION
    assert hashlib.sha256(signature).hexdigest()[:16] == "ed342ec368a45497"
    assert min(struct.unpack("<128I", signature)) >= 0


def test_case_punctuation_and_paragraphs_do_not_matter() -> None:
    one = signature_of(["The Secretary, “yesterday”, met", "the visitors."], "en")
    assert one == signature_of(['the secretary "Yesterday" met the Visitors'], "en")


def test_what_is_almost_the_same_resembles() -> None:
    text = " ".join(f"word{number}" for number in range(400))
    changed = text.replace("word200", "another")
    other = " ".join(f"term{number}" for number in range(400))
    signature = signature_of([text], "en")
    assert resemblance(signature, signature_of([text], "en")) == 1
    assert resemblance(signature, signature_of([changed], "en")) > 0.9
    assert resemblance(signature, signature_of([other], "en")) < 0.05


def test_texts_without_spaces_are_cut_into_characters() -> None:
    assert shingles("外交部长今天。会见", "zh") == ["外交部长今", "交部长今天", "部长今天会", "长今天会见"]
    assert shingles("短", "ja") == ["短"]
    assert shingles("one two", "en") == ["one two"]
    assert shingles("one two three four", "en") == ["one two three", "two three four"]


@given(st.lists(st.text(min_size=1), min_size=1), st.sampled_from(["en", "zh"]))
def test_every_text_has_a_signature(paragraphs: list[str], language: str) -> None:
    assert len(signature_of(paragraphs, language)) == 512
