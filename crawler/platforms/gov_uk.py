"""www.gov.uk: news and speeches of every United Kingdom department by the Search and Content APIs.

* H  search API, offsets by start and count, filters may repeat; an unknown parameter is answered 422;
* H  content API; all languages of a document share content_id and differ in base_path and locale;
* H  public_timestamp is that of the last major change, the day of posting is in the document only;
* H  withdrawn documents stay, with withdrawn_notice; locale tells the language, not the path;
* H  addresses do not name the department: the documents of two departments are listed for both, so that a
     source leaves out those that another source has (M: `reject_organisations`).
"""

from __future__ import annotations

from crawler.declare import Address, Api, Date, DefinitionError, Kinds, Pages, Polite, Record, Voice
from crawler.items import KindOfRelease, Role, Standing
from crawler.source import Source

_SEARCH = (
    "https://www.gov.uk/api/search.json?{organisations}&filter_content_store_document_type=press_release"
    "&filter_content_store_document_type=news_story&filter_content_store_document_type=speech"
    "&order=-public_timestamp&count=50&start={{page}}"
    "&fields=title&fields=link&fields=public_timestamp&fields=content_store_document_type"
)


class GovUk(Source, platform=True):
    """A source on it sets `organisations`, title, issuers and volume."""

    platform_attributes = ("organisations", "elsewhere")
    organisations: tuple[str, ...]
    """Slugs of the department and of those that it succeeded."""
    elsewhere: tuple[str, ...] = ()
    """Slugs of departments that are sources too and come first: what is theirs as well, is theirs."""

    languages = (
        "en", "ar", "bn", "cy", "de", "es", "fa", "fr", "he", "hi", "id", "it", "ja", "ko", "my", "pl", "ps",
        "pt", "ru", "so", "sw", "th", "tr", "uk", "ur", "vi", "zh",
    )  # fmt: skip
    timezone = "Europe/London"
    hosts = ("www.gov.uk",)
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
        default=None,
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
    terms = "Open Government Licence v3.0."

    def __init_subclass__(cls, *, platform: bool = False) -> None:
        if not getattr(cls, "organisations", ()):
            raise DefinitionError(f"{cls.__module__}: {cls.__name__}.organisations: is missing")
        named = [f"filter_organisations={each}" for each in cls.organisations]
        rejected = [f"reject_organisations={each}" for each in cls.elsewhere]
        cls.discover = Api(
            url=_SEARCH.format(organisations="&".join((*named, *rejected))),
            entries="results",
            link="link",
            title="title",
            total="total",
            language="en",
            # When a document was last changed in earnest; it tells itself when it came out.
            changed=Date("public_timestamp"),
            modified="public_timestamp",
            kind="content_store_document_type",
            # The search knows English documents only; the others are named by the document itself.
            fetch="https://www.gov.uk/api/content{link}",
            pages=Pages.numbered(first=0, step=50),
            page_size=50,
        )
        super().__init_subclass__(platform=platform)
