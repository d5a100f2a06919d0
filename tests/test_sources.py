"""The contract that every source keeps, and what is refused when a definition is imported."""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import jmespath
import pytest
from jmespath.exceptions import JMESPathTypeError
from lxml import html
from scrapy.settings import Settings

from crawler.catalogue import is_pure_declaration, overview, table, with_table
from crawler.declare import Api, Date, DefinitionError, Fields, Flow, Listing, Numbers, Record, Text
from crawler.items import KindOfSource
from crawler.pages.selectors import find, find_texts, pick
from crawler.source import (
    SOURCES_FOLDER,
    Source,
    crawled_sources,
    definition_digest,
    load_source,
    registry,
    source_for,
    source_named,
)
from crawler.spiders.loader import SourceSpiderLoader
from scheduler.contract import shown_languages
from tests.test_samples import Sample, all_samples, read_sample

ROOT = Path(__file__).parents[1]
FIRST_SOURCES = {"mx_sre", "mx_segob", "mx_shcp", "mexidata", "us_state", "us_dhs", "uk_fcdo", "ca_gac"}
SOURCES = [pytest.param(source, id=name) for name, source in crawled_sources().items()]
every_source = pytest.mark.parametrize("source", SOURCES)


def samples_of(source: type[Source]) -> list[Sample]:
    return [sample for sample in all_samples() if sample.source is source]


def family_of(source: type[Source]) -> list[Sample]:
    """Samples of the source and of those that share its platform: one layout, written down once."""
    platforms = set(source.__mro__[1:]) - set(Source.__mro__)
    return [
        sample
        for sample in all_samples()
        if sample.source is source or platforms & set(sample.source.__mro__)
    ]


# The registry


def test_definitions_are_found_by_walking() -> None:
    files = {path.stem for path in SOURCES_FOLDER.glob("*/*.py")}
    assert set(registry()) == files
    assert set(registry()) >= FIRST_SOURCES


def test_an_unknown_name_is_answered_with_the_names_that_exist() -> None:
    with pytest.raises(LookupError, match=r"no source 'mx_sra'; there are: .*mx_sre"):
        source_named("mx_sra")


def test_the_country_of_a_source_is_its_folder() -> None:
    assert (source_named("uk_fcdo").country, source_named("mexidata").country) == ("gb", "mx")


@every_source
def test_a_sample_page_is_routed_to_its_own_source(source: type[Source]) -> None:
    for sample in samples_of(source):
        if not sample.is_index:
            found = source_for(sample.meta["url"])
            # Departments on GOV.UK share one form of address, which does not name them.
            assert found is source or (found is not None and found.addresses() == source.addresses())


def test_an_address_of_no_source_is_routed_nowhere() -> None:
    assert source_for("https://www.gob.mx/sre/archivo/prensa") is None
    assert source_for("https://example.org/sre/prensa/x") is None


# Samples


@every_source
def test_there_is_a_sample_release_in_every_language_that_an_index_shows(source: type[Source]) -> None:
    releases = [sample for sample in samples_of(source) if not sample.is_index]
    assert {sample.meta["language"] for sample in releases} >= shown_languages(source)


@every_source
def test_there_is_a_sample_of_every_index(source: type[Source]) -> None:
    listed = {number for number, each in enumerate(source.discoveries()) if not isinstance(each, Numbers)}
    assert {sample.meta["discovery"] for sample in samples_of(source) if sample.is_index} == listed


def css_parts(selector: str) -> list[str]:
    """The alternatives of a CSS selector: each must be good for something."""
    return [part.strip() for part in re.split(r",(?![^(\[]*[)\]])", selector)]


NO_SELECTORS = {
    "url",
    "first_url",
    "path",
    "language",
    "site",
    "fetch",
    "since",
    "until",
    "day_format",
    "begin",
}


def css_rules(holder: Fields | Listing) -> Iterator[tuple[str, str | Text | Date]]:
    for each in fields(holder):
        value = getattr(holder, each.name)
        if each.name == "drop":
            yield from (("drop", selector) for selector in value)
        elif isinstance(value, Text | Date) or (isinstance(value, str) and each.name not in NO_SELECTORS):
            yield each.name, value


def json_rules(holder: Record | Api) -> Iterator[tuple[str, str | Text | Date]]:
    for each in fields(holder):
        value = getattr(holder, each.name)
        # A record's url is where its address stands, an index's is its own.
        skipped = each.name == "drop" or (each.name in NO_SELECTORS - {"url"})
        skipped = skipped or (isinstance(holder, Api) and each.name == "url")
        if isinstance(value, Text | Date) or (isinstance(value, str) and not skipped):
            yield each.name, value


def matches_css(rule: str | Text | Date, part: str, sample: Sample) -> bool:
    if sample.page.suffix != ".html":
        return False
    tree = html.document_fromstring(sample.page.read_bytes())
    found = find(tree, part)
    return bool(found) if isinstance(rule, str) else pick(find_texts(tree, part), rule) is not None


def matches_json(expression: str, sample: Sample) -> bool:
    if sample.page.suffix != ".json":
        return False
    try:
        return jmespath.search(expression, json.loads(sample.page.read_bytes())) not in (None, [], "")
    except JMESPathTypeError:
        return False


def dead_selectors(holder: object, family: list[Sample]) -> Iterator[str]:
    """The selectors of a layout or index that match in no sample, each alternative for itself."""
    if isinstance(holder, Fields | Listing):
        for name, rule in css_rules(holder):
            for part in css_parts(rule if isinstance(rule, str) else rule.selector):
                if not any(matches_css(rule, part, sample) for sample in family):
                    yield f"{type(holder).__name__}.{name}: {part}"
    elif isinstance(holder, Record | Api):
        for name, rule in json_rules(holder):
            expression = rule if isinstance(rule, str) else rule.selector
            in_entries = isinstance(holder, Api) and name not in ("entries", "total")
            inside = f"{holder.entries.removeprefix('@')}[]." if in_entries else ""  # type: ignore[union-attr]
            for part in () if expression.startswith("header:") else expression.split(" || "):
                if not any(matches_json(inside + part, sample) for sample in family):
                    yield f"{type(holder).__name__}.{name}: {part}"


@every_source
def test_every_selector_matches_in_a_sample(source: type[Source]) -> None:
    family = family_of(source)
    dead = [
        each
        for holder in (*source.layouts(), *source.discoveries())
        for each in dead_selectors(holder, family)
    ]
    assert not dead, "delete these, or add a sample in which they match"


def test_a_selector_that_matches_nowhere_is_found() -> None:
    fields = Fields(title="h1, h1.never", body="div.article-body", kind=Text("h1", r"^never$"))
    dead = list(dead_selectors(fields, samples_of(source_named("mx_sre"))))
    assert dead == ["Fields.title: h1.never", "Fields.kind: h1"]


@every_source
def test_every_pattern_of_a_flow_matches_in_a_sample(source: type[Source]) -> None:
    for layout in source.layouts():
        if isinstance(layout, Flow):
            texts = "\n".join(sample.page.read_text("utf-8") for sample in samples_of(source))
            for pattern in (layout.heading, layout.posted.selector, layout.attribution, *layout.end):
                assert re.search(pattern, texts), pattern
            for pattern in layout.not_releases:
                assert re.search(pattern, texts), pattern


@every_source
def test_what_is_read_keeps_the_invariants(source: type[Source]) -> None:
    for sample in samples_of(source):
        item = read_sample(sample).get("item")
        if item is None:
            continue
        captured = date.fromisoformat(sample.meta["captured_at"][:10])
        assert urlsplit(item["url"]).scheme in ("http", "https")
        assert item["key"] == source.address_key(item["url"])
        assert date.fromisoformat(item["posted_on"]) <= captured
        assert date.fromisoformat(item.get("said_on", item["posted_on"])) <= captured
        assert item["body"]["paragraphs"] >= 3
        assert not re.search(r"<\w|&\w+;", json.dumps(item, ensure_ascii=False))


def test_samples_read_the_same_twice_and_in_another_zone_and_locale() -> None:
    here = {sample.name: read_sample(sample) for sample in all_samples()}
    again = {sample.name: read_sample(sample) for sample in all_samples()}
    assert here == again
    script = (
        "import json; from tests.test_samples import all_samples, read_sample; "
        "print(json.dumps({s.name: read_sample(s) for s in all_samples()}))"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert elsewhere.returncode == 0, elsewhere.stderr
    assert json.loads(elsewhere.stdout) == here


# Spiders


@every_source
@pytest.mark.parametrize("window", [{}, {"since": "2017-02-20", "until": "2017-02-24", "limit": "5"}])
def test_the_first_request_can_be_built(source: type[Source], window: dict[str, str]) -> None:
    spider = SourceSpiderLoader(Settings()).load(source.name)(**window)
    walks = spider._walks()  # type: ignore[attr-defined]
    assert walks
    for discovery in source.discoveries():
        first = re.sub(r"\{\w+\}", "1", discovery.url.replace("{language}", source.languages[0]))
        assert "{" not in first
        assert urlsplit(first).hostname in source.hosts


# Mirrors


def test_mirrors_name_sources_that_exist() -> None:
    for source in registry().values():
        for target in source.mirrors.sources if source.mirrors else ():
            assert target in registry(), f"{source.name} mirrors {target}, which no file defines"


def test_mirrors_do_not_mirror_each_other_in_a_circle() -> None:
    def targets(name: str) -> tuple[str, ...]:
        mirrors = registry()[name].mirrors
        return mirrors.sources if mirrors else ()

    for name in registry():
        seen: set[str] = set()
        ahead = list(targets(name))
        while ahead:
            following = ahead.pop()
            assert following != name, f"{name} mirrors itself by way of {sorted(seen)}"
            if following not in seen:
                seen.add(following)
                ahead += targets(following)


def test_a_mirror_declares_whose_texts_it_shows() -> None:
    for source in crawled_sources().values():
        if source.kind is KindOfSource.MIRROR:
            assert source.mirrors is not None
            assert not source.issuers


# Address keys: the aliases of the dossier collapse, and only they


@pytest.mark.parametrize(
    ("name", "aliases"),
    [
        (
            "mx_sre",
            (
                "https://www.gob.mx/sre/prensa/comunicado-no-198",
                "http://www.gob.mx/sre/prensa/comunicado-no-198",
                "https://gob.mx/sre/prensa/comunicado-no-198",
                "https://www.gob.mx/sre/es/prensa/comunicado-no-198",
                "https://www.gob.mx/sre/en/prensa/comunicado-no-198?idiom=en",
                "https://www.gob.mx/sre/prensa/comunicado-no-198?idiom=es&tab=",
                "https://www.gob.mx/sre/prensa/comunicado-no-198/#contenido",
            ),
        ),
        ("mexidata", ("http://mexidata.info/id4410.html", "https://www.mexidata.info/id4410.html")),
        (
            "us_dhs",
            (
                "https://www.dhs.gov/news/2009/04/03/secretary-visits-el-paso",
                "http://dhs.gov/archive/news/2009/04/03/secretary-visits-el-paso",
            ),
        ),
        (
            "uk_fcdo",
            (
                "https://www.gov.uk/government/news/a-treaty.ar",
                "https://www.gov.uk/api/content/government/news/a-treaty.ar",
            ),
        ),
        (
            "us_state",
            (
                "https://www.state.gov/translations/spanish/declaraci%C3%B3n/",
                "https://www.state.gov/translations/spanish/declaraci%c3%b3n",
                "https://www.state.gov/translations/spanish/declaración/",
            ),
        ),
        (
            "mx_embassy_us",
            (
                "https://embamex.sre.gob.mx/eua/index.php/en/press-releases/press-releases-2017/1300-message",
                "https://embamex.sre.gob.mx/eua/index.php/en/press-releases/1300-message-to-mexicans",
            ),
        ),
        (
            "us_state_2021",
            ("https://2021-2025.state.gov/a-call/", "https://2021-2025.state.gov/a-call/index.html"),
        ),
        (
            "int_oas",
            (
                "https://www.oas.org/en/media_center/press_release.asp?sCodigo=E-119/10",
                "http://oas.org/en/media_center/press_release.asp?sCodigo=E-119%2F10",
                "https://www.oas.org/en/media_center/press_release.asp?scodigo=E-119/10&x=1",
            ),
        ),
        (
            "pe_rree",
            (
                "https://www.gob.pe/institucion/rree/noticias/4701-declaracion-de-lima",
                "https://www.gob.pe/institucion/rree/noticias/4701-declaracion-conjunta-de-lima?x=1",
                "https://www.gob.pe/institucion/rree/noticias/4701",
            ),
        ),
        (
            "ca_gac",
            (
                "https://www.canada.ca/en/global-affairs/news/2024/10/a-treaty.html",
                "http://canada.ca/en/global-affairs/news/2024/10/a-treaty.html?wbdisable=true",
            ),
        ),
        (
            "eu_commission",
            (
                "https://ec.europa.eu/commission/presscorner/detail/fr/ip_26_301",
                "https://ec.europa.eu/commission/presscorner/api/documents?reference=IP/26/301&language=fr",
                "https://ec.europa.eu/commission/presscorner/api/documents?reference=IP%2F26%2F301&language=FR",
                "http://europa.eu/rapid/press-release_IP-26-301_fr.htm",
            ),
        ),
        (
            "int_un_press",
            (
                "https://press.un.org/fr/2004/cs2669.doc.htm",
                "http://www.un.org/press/fr/2004/CS2669.doc.htm",
            ),
        ),
        (
            "es_moncloa",
            (
                "https://www.lamoncloa.gob.es/presidente/actividades/Paginas/2025/20251117-ebro.aspx",
                "http://www.lamoncloa.gob.es/Presidente/actividades/paginas/2025/20251117-Ebro.aspx",
            ),
        ),
        (
            "in_pib",
            (
                "https://www.pib.gov.in/PressReleasePage.aspx?PRID=2189915&reg=3&lang=1",
                "https://pib.gov.in/PressReleaseDetail.aspx?PRID=2189915",
                "https://pib.gov.in/PressReleaseIframePage.aspx?PRID=2189915",
            ),
        ),
        (
            "cn_mfa",
            (
                "https://www.mfa.gov.cn/eng/xw/fyrbt/lxjzh/202511/t20251114_11753290.html",
                "http://www.fmprc.gov.cn/eng/xwfw_665399/s2510_665401/t20251114_11753290.html",
            ),
        ),
        (
            "ru_kremlin",
            (
                "http://en.kremlin.ru/events/president/news/78452",
                "http://en.kremlin.ru/events/president/transcripts/78452",
                "http://en.kremlin.ru/events/president/transcripts/speeches/78452",
            ),
        ),
    ],
)
def test_aliases_of_an_address_have_one_key(name: str, aliases: tuple[str, ...]) -> None:
    keys = {source_named(name).address_key(alias) for alias in aliases}
    assert len(keys) == 1
    assert None not in keys


@pytest.mark.parametrize(
    ("name", "addresses"),
    [
        (
            "mx_sre",
            (
                "https://www.gob.mx/sre/es/prensa/mexico-y-kenia-firman-convenio",
                "https://www.gob.mx/sre/en/prensa/mexico-and-kenya-sign-agreement",
                "https://www.gob.mx/sre/articulos/mexico-y-kenia-firman-convenio",
                "https://www.gob.mx/sre/prensa/mexico-y-kenia-firman-convenio-314343",
            ),
        ),
        (
            "uk_fcdo",
            ("https://www.gov.uk/government/news/a-treaty", "https://www.gov.uk/government/news/a-treaty.ar"),
        ),
        (
            "int_oas",
            (
                "https://www.oas.org/en/media_center/press_release.asp?sCodigo=E-105/07",
                "https://www.oas.org/es/centro_noticias/comunicado_prensa.asp?sCodigo=C-105/07",
                "https://www.oas.org/pt/centro_midia/nota_imprensa.asp?sCodigo=P-105/07",
            ),
        ),
        (
            "us_embassy_mx",
            ("https://mx.usembassy.gov/remarks/", "https://mx.usembassy.gov/es/remarks/"),
        ),
        (
            "ca_gac",
            (
                "https://www.canada.ca/en/global-affairs/news/2024/10/treaty.html",
                "https://www.canada.ca/fr/affaires-mondiales/nouvelles/2024/10/treaty.html",
            ),
        ),
        (
            "eu_commission",
            (
                "https://ec.europa.eu/commission/presscorner/detail/fr/ip_26_301",
                "https://ec.europa.eu/commission/presscorner/detail/de/ip_26_301",
                "https://ec.europa.eu/commission/presscorner/detail/de/speech_26_301",
            ),
        ),
        (
            "ru_kremlin",
            (
                "http://kremlin.ru/events/president/news/78452",
                "http://en.kremlin.ru/events/president/news/78452",
            ),
        ),
        ("ua_mfa", ("https://mfa.gov.ua/news/zayava", "https://mfa.gov.ua/en/news/zayava")),
        (
            "kr_mofa",
            (
                "https://www.mofa.go.kr/eng/brd/m_5676/view.do?seq=322977",
                "https://www.mofa.go.kr/www/brd/m_4080/view.do?seq=322977",
                "https://www.mofa.go.kr/eng/brd/m_5676/view.do?seq=322978",
            ),
        ),
        (
            "tr_mfa",
            ("https://www.mfa.gov.tr/no_-231_-x.tr.mfa", "https://www.mfa.gov.tr/no_-231_-x.en.mfa"),
        ),
    ],
)
def test_two_languages_or_texts_never_share_a_key(name: str, addresses: tuple[str, ...]) -> None:
    keys = [source_named(name).address_key(address) for address in addresses]
    assert None not in keys
    assert len(set(keys)) == len(addresses)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("mx_sre", "https://www.gob.mx/segob/prensa/comunicado"),
        ("mx_sre", "https://www.gob.mx/sre/archivo/prensa?page=2"),
        ("us_state", "https://www.state.gov/press-releases/page/2/"),
        ("us_state", "https://www.state.gov/wp-json/wp/v2/state_press_release/1234"),
        ("us_state", "https://www.state.gov/translations/spanish/page/2/"),
        ("us_state", "https://2021-2025.state.gov/a-statement/"),
        ("us_dhs", "https://www.dhs.gov/news-releases/press-releases"),
        ("uk_fcdo", "https://www.gov.uk/government/publications/a-treaty"),
        ("mexidata", "http://mexidata.info/index.html"),
        ("pl_msz", "https://www.gov.pl/web/dyplomacja/aktualnosci"),
        ("jp_mofa", "https://www.mofa.go.jp/press/release/202511_index.html"),
        ("es_exteriores", "https://www.exteriores.gob.es/es/Comunicacion/Comunicados/Paginas/index.aspx"),
        ("tr_mfa", "https://www.mfa.gov.tr/sub.en.mfa?ad9093da"),
        ("eu_eeas", "https://www.consilium.europa.eu/en/press/press-releases/2025/10/16/sanctions/"),
        ("fr_elysee", "https://www.elysee.fr/en/presidence/2025/11/14/inauguration"),
        ("mx_embassy_us", "https://embamex.sre.gob.mx/cuba/index.php/avisos/182-aviso"),
        ("mx_embassy_us", "https://embamex.sre.gob.mx/eua/index.php/es/comunicados?start=20"),
        ("us_state_2021", "https://2021-2025.state.gov/press-releases/page/2/"),
        ("us_state_2021", "https://2021-2025.state.gov/translations/spanish/"),
        ("us_embassy_mx", "https://mx.usembassy.gov/es/"),
        ("us_treasury", "https://home.treasury.gov/news/press-releases/readouts"),
        ("br_mre", "https://www.gov.br/mre/pt-br/canais_atendimento/imprensa/notas-a-imprensa"),
        ("pe_rree", "https://www.gob.pe/institucion/pcm/noticias/4701-x"),
    ],
)
def test_what_is_no_release_of_a_source_has_no_key(name: str, address: str) -> None:
    assert source_named(name).address_key(address) is None


def test_forms_of_an_address_may_come_to_one_key_without_regard_to_case(
    definition: Callable[[str, str], Path],
) -> None:
    source = load_source(
        definition(
            r"""Address(r"demo\.example/(?P<slug>[^/]+)$", "{slug}")""",
            r"""(
        Address(r"demo\.example/api$", "{language}/{reference}", query=("language", "reference"), lower=True),
        Address(r"demo\.example/(?P<language>..)/(?P<type>[a-z]+)_(?P<no>\d+)$", "{language}/{type}/{no}"),
    )""",
        )
    )
    page = "https://demo.example/fr/ip_26"
    record = "https://demo.example/api?reference=IP%2F26&language=fr"
    assert source.address_key(page) == source.address_key(record) == "fr/ip/26"
    assert source.address_key("https://demo.example/en/ip_26") == "en/ip/26"
    assert source.address_key("https://demo.example/api?reference=IP%2F26") is None


# Digests


def test_a_definition_has_another_digest_when_its_platform_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = source_named("mx_sre")
    before = definition_digest(source)
    assert before == definition_digest(source)
    assert before != definition_digest(source_named("mx_segob"))
    platform = sys.modules["crawler.platforms.gob_mx"]
    changed = tmp_path / "gob_mx.py"
    changed.write_bytes(Path(platform.__file__ or "").read_bytes() + b"# changed\n")
    monkeypatch.setattr(platform, "__file__", str(changed))
    assert definition_digest(source) != before


def test_line_ends_of_a_checkout_do_not_change_a_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = source_named("us_dhs")
    module = sys.modules[source.__module__]
    before = definition_digest(source)
    windows = tmp_path / "us_dhs.py"
    windows.write_bytes(Path(module.__file__ or "").read_bytes().replace(b"\n", b"\r\n"))
    monkeypatch.setattr(module, "__file__", str(windows))
    assert definition_digest(source) == before


# What is refused at import

GOOD = '''
"""A ministry that does not exist."""

from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, Pages, PerWeek, Voice
from crawler.items import KindOfRelease, Role
from crawler.source import Source


class MxDemo(Source):
    title = "Demo"
    issuers = ("mx.sre",)
    languages = ("es", "en")
    timezone = "America/Mexico_City"
    hosts = ("demo.example",)
    discover = Listing(
        url="https://demo.example/{language}/list?page={page}",
        entry="li",
        link="a::attr(href)",
        pages=Pages.numbered(),
    )
    address = Address(r"demo\\.example/(?P<slug>[^/]+)$", "{slug}")
    release = Fields(title="h1", body="div.text", posted=Date("time", {"es": ("d/M/y",), "en": ("M/d/y",)}))
    kinds = Kinds(default=KindOfRelease.COMMUNIQUE)
    voices = {"en": Voice(Role.TRANSLATION)}
    archive_from = date(2020, 1, 1)
    every = Every(hours=1)
    expect = PerWeek(at_least=1, at_most=10)
    terms = "none"
'''


@pytest.fixture
def definition(tmp_path: Path) -> Iterator[Callable[[str, str], Path]]:
    """Writes the good definition with one thing replaced, as xx/mx_demo.py."""
    before = set(sys.modules)

    def write(old: str, new: str) -> Path:
        assert old in GOOD
        path = tmp_path / "xx" / "mx_demo.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(GOOD.replace(old, new, 1), "utf-8")
        return path

    yield write
    for name in set(sys.modules) - before:
        if name.startswith("crawler.sources.xx."):
            del sys.modules[name]


def test_a_coherent_definition_is_accepted(definition: Callable[[str, str], Path]) -> None:
    source = load_source(definition("Demo", "Demo"))
    assert (source.name, source.country) == ("mx_demo", "xx")


@pytest.mark.parametrize(
    ("old", "new", "attribute", "found"),
    [
        ("    terms =", "    langage = 'es'\n    terms =", "MxDemo.langage", "unknown attribute"),
        (
            "    terms =",
            "    def read_isuers(self, page): ...\n    terms =",
            "MxDemo.read_isuers",
            "reads no field",
        ),
        ("class MxDemo", "class MxDemos", "MxDemos.name", "mx_demo.py must define class MxDemo"),
        ('title="h1"', 'title="h1["', "Fields.title", "'h1[' does not compile"),
        ('body="div.text"', 'body="div.text >"', "Fields.body", "does not compile"),
        ('link="a::attr(href)"', 'link="a::attr(href"', "Listing.link", "does not compile"),
        ('"mx.sre"', '"mx.sra"', "MxDemo.issuers", "'mx.sra' is not in"),
        ('issuers = ("mx.sre",)', "issuers = ()", "MxDemo.issuers", "must name who speaks"),
        ("America/Mexico_City", "America/Mexico", "MxDemo.timezone", "'America/Mexico' is not an IANA"),
        ('("es", "en")', '("es", "english language")', "MxDemo.languages", "not a BCP 47"),
        ('("es", "en")', '("es",)', "MxDemo.voices", "'en' is not one of languages"),
        ('    languages = ("es", "en")\n', "", "MxDemo.languages", "is missing"),
        ('    terms = "none"\n', "", "MxDemo.terms", "is missing"),
        ('title = "Demo"', "title = 7", "MxDemo.title", "wrong type int"),
        ('"demo.example",', '"Demo.example",', "MxDemo.hosts", "not a lower-case host"),
        (
            "https://demo.example/{language}/list",
            "https://other.example/list",
            "MxDemo.discover",
            "not on one of hosts",
        ),
        ("?page={page}", "", "Listing.url", "numbered pages need {page}"),
        (', "en": ("M/d/y",)', "", "MxDemo.release.posted", "no date format for en"),
        ("at_least=1", "at_least=20", "PerWeek", "floor 20 is above ceiling 10"),
        ("hours=1", "hours=0", "Every", "longer than nothing"),
        ('"{slug}"', '"{name}"', "Address.key", "name"),
        (r"(?P<slug>[^/]+)$", r"(?P<slug>[^/+$", "Address.pattern", "does not compile"),
        ('entry="li"', 'entries="li"', "", "entries"),
    ],
)
def test_an_incoherent_definition_is_refused_with_file_and_attribute(
    definition: Callable[[str, str], Path], old: str, new: str, attribute: str, found: str
) -> None:
    path = definition(old, new)
    with pytest.raises(DefinitionError) as refusal:
        load_source(path)
    message = str(refusal.value)
    assert str(path) in message
    assert attribute in message
    assert found in message


def test_a_file_without_a_source_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "xx" / "mx_nothing.py"
    path.parent.mkdir()
    path.write_text('"""Nothing."""\n', "utf-8")
    with pytest.raises(DefinitionError, match=r"mx_nothing\.py: defines no source"):
        load_source(path)
    del sys.modules["crawler.sources.xx.mx_nothing"]


def test_a_source_on_gob_mx_must_say_which_agency_it_is(tmp_path: Path) -> None:
    path = tmp_path / "xx" / "mx_agency.py"
    path.parent.mkdir()
    path.write_text(
        "from crawler.platforms.gob_mx import GobMx\n\n\nclass MxAgency(GobMx):\n    title = 'Agency'\n",
        "utf-8",
    )
    with pytest.raises(DefinitionError, match=r"mx_agency\.py.*MxAgency\.agency: is missing"):
        load_source(path)


# How definitions look


def code_lines(source: type[Source]) -> int:
    """Lines of the class that define something: without blank lines, comments, and the prose of facts."""
    module_file = sys.modules[source.__module__].__file__
    assert module_file is not None
    text = Path(module_file).read_text("utf-8")
    declared = re.sub(
        r"\n    (?:facts|unverified) = \(.*?\n    \)(?=\n)|\n    (?:facts|unverified) = .*",
        "",
        text,
        flags=re.DOTALL,
    )
    inside = declared[re.search(r"^class ", declared, re.MULTILINE).start() :]  # type: ignore[union-attr]
    return sum(bool(line.strip()) and not line.lstrip().startswith("#") for line in inside.splitlines())


def test_half_of_the_definitions_take_thirty_lines_or_fewer(capsys: pytest.CaptureFixture[str]) -> None:
    lines = {name: code_lines(source) for name, source in crawled_sources().items()}
    pure = [name for name, source in crawled_sources().items() if is_pure_declaration(source)]
    with capsys.disabled():
        print(f"\n{len(pure)} of {len(lines)} sources are pure declarations; lines: {lines}")
    assert statistics.median(lines.values()) <= 30
    assert len(pure) >= len(lines) / 2


@every_source
def test_every_source_says_what_it_rests_on(source: type[Source]) -> None:
    assert source.facts
    assert source.terms
    assert all(re.match(r"[HML]: ", fact) for fact in source.facts)


# The README


def test_the_readme_shows_the_sources_that_there_are() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert with_table(readme) == readme, "run: python -m crawler.catalogue --write README.md"


def test_a_text_without_markers_is_not_written() -> None:
    with pytest.raises(ValueError, match="expected one <!-- sources -->"):
        with_table("# Title\n")


def test_the_table_has_a_row_for_every_source() -> None:
    assert set(re.findall(r"^\| `(\w+)`", table(), re.MULTILINE)) == set(crawled_sources())


def test_the_overview_counts_every_source_once() -> None:
    named = overview().rstrip(".").split(": ")[1].split(", ")
    counts = [int(number[1]) if (number := re.search(r"\((\d+)\)$", each)) else 1 for each in named]
    assert sum(counts) == len(crawled_sources())
    assert "Mexico (" in overview()
