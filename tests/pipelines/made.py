"""Items and sources that the tests of the stages are made from. All texts are our own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, ClassVar

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, MirrorOf, PerWeek, Voice
from crawler.items import KindOfRelease, KindOfSource, ReleaseItem
from crawler.source import Source, source_named

CAPTURED = datetime(2017, 3, 1, 12, 0, tzinfo=UTC)

SPANISH = (
    "El secretario de Relaciones Exteriores recibió hoy a la delegación que visita el país para revisar los "
    "avances de la agenda bilateral en materia de comercio y de migración.",
    "Durante la reunión, ambas partes acordaron crear un grupo de trabajo que presentará sus propuestas "
    "antes "
    "de que termine el año.",
    "Al concluir el encuentro, el secretario agradeció la visita y subrayó la voluntad del gobierno de "
    "mantener un diálogo respetuoso.",
)
ENGLISH = (
    "The Secretary of Foreign Affairs today received the visiting delegation in order to review the progress "
    "of the bilateral agenda on trade and migration.",
    "During the meeting both sides agreed to set up a working [group] that will present its proposals before "
    "the end of the year.",
    "At the close of the meeting the Secretary thanked the visitors and underlined the will of the "
    "government "
    "to keep up a respectful dialogue.",
)

FOOT_LINE = "Joint SRE-SEGOB Communique, Mexican Ministry of Foreign Affairs, Feb. 23, 2017; translation"

MINISTRY_ITEM = ReleaseItem(
    source="mx_sre",
    url="https://www.gob.mx/sre/prensa/visita-de-la-delegacion",
    title="Recibe el canciller a la delegación visitante",
    body=SPANISH,
    posted="23 de febrero de 2017",
    posted_on=date(2017, 2, 23),
    kind="Comunicado",
    captured_at=CAPTURED,
)
MIRROR_ITEM = ReleaseItem(
    source="mexidata",
    url="http://mexidata.info/id5001.html",
    title="Secretary receives visiting delegation",
    body=ENGLISH,
    posted="Monday, February 27, 2017",
    posted_on=date(2017, 2, 27),
    attribution=FOOT_LINE,
    captured_at=CAPTURED,
)

MX_SRE = source_named("mx_sre")
MEXIDATA = source_named("mexidata")


def ministry_item(**changes: Any) -> ReleaseItem:  # noqa: ANN401
    """A communique of a ministry, with changes."""
    return replace(MINISTRY_ITEM, **changes)


def mirror_item(**changes: Any) -> ReleaseItem:  # noqa: ANN401
    """A translation on a mirror, with changes."""
    return replace(MIRROR_ITEM, **changes)


class MadeMinistry(Source):
    """A source that speaks for itself in two languages."""

    __module__ = "made.made_ministry"

    title = "Ministry of Samples"
    issuers: ClassVar[tuple[str, ...]] = ("mx.sre",)
    languages: ClassVar[tuple[str, ...]] = ("en", "es")
    timezone = "America/Mexico_City"
    hosts = ("samples.example",)
    discover = Listing(url="https://samples.example/news", entry="article", link="a::attr(href)")
    address = Address(r"samples\.example/(?P<slug>.+)", "{slug}")
    release = Fields(
        title="h1",
        body="div",
        posted=Date("time", {"en": ("MMMM d, y",), "es": ("d 'de' MMMM 'de' y",)}),
        said=Date("b", ("iso",)),
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, {"Press Release": KindOfRelease.COMMUNIQUE})
    archive_from = date(2000, 1, 1)
    every = Every(days=1)
    expect = PerWeek(at_least=0, at_most=100)
    terms = "Ours."


def made_source(
    kind: KindOfSource = KindOfSource.MINISTRY,
    *,
    languages: tuple[str, ...] = ("en", "es"),
    issuers: tuple[str, ...] = ("mx.sre",),
    voices: dict[str, Voice] | None = None,
    mirrors: MirrorOf | None = None,
    timezone: str = "America/Mexico_City",
) -> type[Source]:
    """A variant of the source above."""

    class Variant(MadeMinistry, platform=True):
        name = "made_ministry"

    Variant.kind = kind
    Variant.languages = languages
    Variant.issuers = issuers
    Variant.voices = MappingProxyType(voices or {})
    Variant.mirrors = mirrors
    Variant.timezone = timezone
    return Variant
