"""United Kingdom foreign ministry (FCDO, until 2020 FCO): news and speeches by the GOV.UK APIs."""

from datetime import date

from crawler.declare import Address, Api, Date, Every, Kinds, Pages, PerWeek, Polite, Record, Voice
from crawler.items import KindOfRelease, Role, Standing
from crawler.source import Source


class UkFcdo(Source):
    title = "Foreign, Commonwealth & Development Office"
    issuers = ("gb.fcdo",)
    languages = (
        "en", "ar", "bn", "cy", "de", "es", "fa", "fr", "he", "hi", "id", "it", "ja", "ko", "my", "pl", "ps",
        "pt", "ru", "so", "sw", "th", "tr", "uk", "ur", "vi", "zh",
    )  # fmt: skip
    timezone = "Europe/London"
    hosts = ("www.gov.uk",)
    discover = Api(
        url="https://www.gov.uk/api/search.json?filter_organisations=foreign-commonwealth-development-office"
        "&filter_organisations=foreign-commonwealth-office&filter_content_store_document_type=press_release"
        "&filter_content_store_document_type=news_story&filter_content_store_document_type=speech"
        "&order=-public_timestamp&count=50&start={page}"
        "&fields=title&fields=link&fields=public_timestamp&fields=content_store_document_type",
        entries="results", link="link", title="title", total="total", language="en",
        changed=Date("public_timestamp"), modified="public_timestamp", kind="content_store_document_type",
        # public_timestamp is when a document was last changed in earnest; it tells itself when it came out.
        # The search knows English documents only; the others are named by the document itself.
        fetch="https://www.gov.uk/api/content{link}", pages=Pages.numbered(first=0, step=50), page_size=50,
    )  # fmt: skip
    address = Address(
        r"gov\.uk/(?:api/content/)?government/(?P<section>news|speeches)/(?P<slug>[^/]+)$", "{section}/{slug}"
    )
    release = Record(
        url="base_path",
        site="https://www.gov.uk",
        title="title",
        summary="description",
        body="details.body",
        native_id="join(':', [content_id, locale])",
        shared_ids="[content_id]",
        posted=Date("first_published_at"),
        said=Date("details.delivered_on"),  # speeches only
        issuers="links.organisations[].title || links.worldwide_organisations[].title",
        kind="document_type",
        language="locale",
        alternates="links.available_translations[].{url: base_path, language: locale}",
        attachments="details.attachments[].url",
        withdrawn="withdrawn_notice.explanation",
        withdrawn_at=Date("withdrawn_notice.withdrawn_at"),
        modified="updated_at",
    )
    kinds = Kinds(
        default=KindOfRelease.COMMUNIQUE,
        labels={
            "press_release": KindOfRelease.COMMUNIQUE,
            "news_story": KindOfRelease.COMMUNIQUE,
            "world_news_story": KindOfRelease.COMMUNIQUE,
            "government_response": KindOfRelease.STATEMENT,
            "oral_statement": KindOfRelease.STATEMENT,
            "written_statement": KindOfRelease.STATEMENT,
            "speech": KindOfRelease.SPEECH,
        },
    )
    voices = {tag: Voice(Role.TRANSLATION, Standing.OFFICIAL) for tag in languages[1:]}
    polite = Polite(delay=0.5, at_once=2)  # the Content API allows 10 requests a second
    archive_from = date(2010, 5, 12)
    every = Every(minutes=30)
    expect = PerWeek(at_least=5, at_most=150)
    terms = "Open Government Licence v3.0."
    facts = (
        "H: search API, offsets by start and count, filters may repeat; an unknown parameter is answered 422",
        "H: content API; all languages of a document share content_id and differ in base_path and locale",
        "H: public_timestamp is that of the last major change, the day of posting is in the document only",
        "H: withdrawn documents stay, with withdrawn_notice; locale tells the language, not the path",
    )
    unverified = (
        "which other locales occur",
        "the first day: GOV.UK shows releases of the governments since May 2010",
        "a withdrawal does not move public_timestamp, so it is seen only when the document is fetched again",
    )
