"""The bodies that speak: one entry each, with a key that never changes once used, and every name it bears.

Former names stay with the body that succeeded: a release of 2016 says "Foreign & Commonwealth Office".
A name that begins with "~" here is local: it means this body only where its country is known, for every
country has a "Ministry of Justice", and "SE" is a word. The qualified forms of all names ("Mexican Ministry
of Justice", "Ministry of Justice of Mexico") are made from `COUNTRIES`, not listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Country:
    """How texts name a country beside the name of a body."""

    before: tuple[str, ...]
    """"Mexican", "Mexico's"."""
    after: tuple[str, ...]
    """"of Mexico", "de México"."""


COUNTRIES: Mapping[str, Country] = MappingProxyType(
    {
        "ca": Country(("Canadian", "Canada's"), ("of Canada", "Canada", "de Canadá", "du Canada")),
        "gb": Country(
            ("UK", "U.K.", "British", "United Kingdom"),
            ("of the United Kingdom", "of the UK", "del Reino Unido", "du Royaume-Uni"),
        ),
        "mx": Country(("Mexican", "Mexico's"), ("of Mexico", "Mexico", "de México", "du Mexique")),
        "us": Country(
            ("US", "U.S.", "United States", "American"),
            (
                "of the United States",
                "of the United States of America",
                "de Estados Unidos",
                "de los Estados Unidos",
                "de los Estados Unidos de América",
                "de EE. UU.",
                "des États-Unis",
            ),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Issuer:
    """One body that speaks."""

    key: str
    country: str
    """ISO 3166-1 alpha-2 in lower case."""
    names: Mapping[str, tuple[str, ...]]
    """Language tag -> names, the usual one first."""
    abbreviations: tuple[str, ...] = ()
    """As mirrors and foot lines write them."""
    local: frozenset[str] = frozenset()
    """Those of the names and abbreviations that mean this body only where its country is known."""

    def name(self, language: str = "en") -> str:
        """The usual name in that language, else in English, else in any."""
        for tag in (language, "en"):
            if tag in self.names:
                return self.names[tag][0]
        return next(iter(self.names.values()))[0]


def _body(key: str, *abbreviations: str, **names: str | tuple[str, ...]) -> Issuer:
    marked = {tag: (told,) if isinstance(told, str) else told for tag, told in names.items()}
    local = {each[1:] for told in (abbreviations, *marked.values()) for each in told if each.startswith("~")}
    return Issuer(
        key,
        key.partition(".")[0],
        MappingProxyType(
            {tag: tuple(each.removeprefix("~") for each in told) for tag, told in marked.items()}
        ),
        tuple(each.removeprefix("~") for each in abbreviations),
        frozenset(local),
    )


_MEXICO = (
    _body(
        "mx.presidencia",
        en=(
            "Presidency of Mexico",
            "Office of the President of Mexico",
            "Mexican Presidency",
            "~Presidency of the Republic",
            "~Presidency",
            "~Office of the President",
        ),
        es=(
            "Presidencia de México",
            "Presidencia de la República de México",
            "~Presidencia de la República",
            "~Presidencia",
        ),
        fr="Présidence du Mexique",
    ),
    _body(
        "mx.sre",
        "SRE",
        en=(
            "Ministry of Foreign Affairs of Mexico",
            "Foreign Ministry of Mexico",
            "~Ministry of Foreign Affairs",
            "~Secretariat of Foreign Affairs",
            "~Secretariat of Foreign Relations",
            "~Ministry of Foreign Relations",
            "~Foreign Ministry",
            "~Foreign Affairs Secretariat",
            "~Foreign Affairs Ministry",
        ),
        es=(
            "Secretaría de Relaciones Exteriores",
            "~Cancillería",
            "~Secretaría de Relaciones Exteriores de los Estados Unidos Mexicanos",
        ),
        fr="Secrétariat des Affaires étrangères du Mexique",
    ),
    _body(
        "mx.segob",
        "SEGOB",
        en=(
            "Ministry of the Interior of Mexico",
            "Secretariat of Government of Mexico",
            "~Ministry of the Interior",
            "~Ministry of Interior",
            "~Secretariat of Government",
            "~Secretariat of the Interior",
            "~Secretariat of Governance",
            "~Interior Ministry",
        ),
        es="Secretaría de Gobernación",
        fr="Secrétariat à l'Intérieur du Mexique",
    ),
    _body(
        "mx.shcp",
        "SHCP",
        en=(
            "Ministry of Finance and Public Credit",
            "Ministry of Finance of Mexico",
            "~Ministry of Finance",
            "~Secretariat of Finance and Public Credit",
            "~Secretariat of Finance",
            "~Finance Ministry",
        ),
        es=("Secretaría de Hacienda y Crédito Público", "~Secretaría de Hacienda", "~Hacienda"),
        fr="Secrétariat aux Finances et au Crédit public",
    ),
    _body(
        "mx.semar",
        "SEMAR",
        en=(
            "Secretariat of the Navy of Mexico",
            "~Secretariat of the Navy",
            "~Ministry of the Navy",
            "~Navy Secretariat",
        ),
        es=("Secretaría de Marina", "~Marina"),
    ),
    _body(
        "mx.sedena",
        "SEDENA",
        en=(
            "Secretariat of National Defense of Mexico",
            "~Secretariat of National Defense",
            "~Ministry of National Defense",
            "~Secretariat of Defense",
            "~Ministry of Defense",
        ),
        es=("Secretaría de la Defensa Nacional", "Secretaría de Defensa Nacional", "~Defensa"),
    ),
    _body(
        "mx.se",
        "~SE",
        en=(
            "Ministry of Economy of Mexico",
            "~Ministry of Economy",
            "~Ministry of the Economy",
            "~Secretariat of Economy",
        ),
        es=("Secretaría de Economía", "~Economía"),
    ),
    _body(
        "mx.fgr",
        "~FGR",
        "~PGR",
        en=(
            "Attorney General's Office of Mexico",
            "~Attorney General's Office",
            "~Office of the Attorney General",
        ),
        es=("Fiscalía General de la República", "Procuraduría General de la República"),
    ),
    _body(
        "mx.semarnat",
        "SEMARNAT",
        en=(
            "Secretariat of Environment and Natural Resources",
            "~Ministry of Environment and Natural Resources",
            "~Ministry of the Environment",
        ),
        es="Secretaría de Medio Ambiente y Recursos Naturales",
    ),
    _body(
        "mx.salud",
        "SSA Mexico",
        "~SALUD",
        "~SSA",
        en=(
            "Secretariat of Health of Mexico",
            "~Secretariat of Health",
            "~Ministry of Health",
            "~Health Secretariat",
        ),
        es="Secretaría de Salud",
    ),
    _body(
        "mx.sep",
        "~SEP",
        en=(
            "Secretariat of Public Education of Mexico",
            "~Secretariat of Public Education",
            "~Ministry of Public Education",
            "~Ministry of Education",
        ),
        es="Secretaría de Educación Pública",
    ),
    _body(
        "mx.sader",
        "SAGARPA",
        "SADER",
        en=(
            "Secretariat of Agriculture and Rural Development",
            "~Secretariat of Agriculture",
            "~Ministry of Agriculture",
        ),
        es=(
            "Secretaría de Agricultura y Desarrollo Rural",
            "Secretaría de Agricultura, Ganadería, Desarrollo Rural, Pesca y Alimentación",
        ),
    ),
    _body(
        "mx.sict",
        "SICT",
        "~SCT",
        en=(
            "Secretariat of Infrastructure, Communications and Transport",
            "~Secretariat of Communications and Transport",
        ),
        es=(
            "Secretaría de Infraestructura, Comunicaciones y Transportes",
            "Secretaría de Comunicaciones y Transportes",
        ),
    ),
    _body(
        "mx.stps",
        "STPS",
        en=(
            "Secretariat of Labor and Social Welfare",
            "~Secretariat of Labor",
            "~Ministry of Labor",
            "~Ministry of Labor and Social Welfare",
        ),
        es="Secretaría del Trabajo y Previsión Social",
    ),
    _body(
        "mx.sener",
        "SENER",
        en=("Ministry of Energy of Mexico", "~Ministry of Energy", "~Secretariat of Energy"),
        es="Secretaría de Energía",
    ),
    _body(
        "mx.sectur",
        "SECTUR",
        en=("Ministry of Tourism of Mexico", "~Ministry of Tourism", "~Secretariat of Tourism"),
        es="Secretaría de Turismo",
    ),
    _body(
        "mx.sspc",
        "SSPC",
        en=(
            "Secretariat of Security and Citizen Protection",
            "~Ministry of Security and Citizen Protection",
            "~Secretariat of Public Safety",
        ),
        es="Secretaría de Seguridad y Protección Ciudadana",
    ),
    _body(
        "mx.inm",
        "~INM",
        en=(
            "National Migration Institute of Mexico",
            "National Institute of Migration",
            "~National Migration Institute",
        ),
        es="Instituto Nacional de Migración",
    ),
    _body("mx.banxico", "Banxico", en="Bank of Mexico", es="Banco de México", fr="Banque du Mexique"),
)

_UNITED_STATES = (
    _body(
        "us.state",
        en=(
            "Department of State",
            "State Department",
            "~Office of the Spokesperson",
            "~Bureau of Public Affairs",
            "~Bureau of Global Public Affairs",
            "~Bureau of Western Hemisphere Affairs",
            "~Office of the Secretary of State",
            "~Secretary of State",
        ),
        es=(
            "Departamento de Estado",
            "Departamento de Estado de los Estados Unidos",
            "~Oficina del Portavoz",
        ),
        fr="Département d'État",
    ),
    _body(
        "us.dhs",
        "DHS",
        en="Department of Homeland Security",
        es="Departamento de Seguridad Nacional",
        fr="Département de la Sécurité intérieure",
    ),
    _body("us.white_house", en=("White House", "The White House"), es="Casa Blanca", fr="Maison-Blanche"),
    _body("us.treasury", en=("Department of the Treasury", "~Treasury Department", "~Treasury")),
    _body("us.justice", "~DOJ", en=("U.S. Department of Justice", "~Department of Justice")),
    _body("us.commerce", en=("U.S. Department of Commerce", "~Department of Commerce")),
    _body("us.defense", en=("U.S. Department of Defense", "~Department of Defense", "~Department of War")),
    _body(
        "us.ustr",
        "USTR",
        en=("Office of the United States Trade Representative", "United States Trade Representative"),
        es="Representante de Comercio de los Estados Unidos",
    ),
    _body(
        "us.embassy_mexico",
        en=(
            "U.S. Embassy Mexico",
            "U.S. Embassy in Mexico",
            "United States Embassy in Mexico",
            "Embassy of the United States in Mexico",
        ),
        es=("Embajada de los Estados Unidos en México", "Embajada de Estados Unidos en México"),
    ),
)

_UNITED_KINGDOM = (
    _body(
        "gb.fcdo",
        "FCDO",
        "~FCO",
        en=(
            "Foreign, Commonwealth & Development Office",
            "Foreign, Commonwealth and Development Office",
            "Foreign & Commonwealth Office",
            "Foreign and Commonwealth Office",
            "~Foreign Office",
        ),
        es=(
            "Ministerio de Relaciones Exteriores, de la Commonwealth y de Desarrollo del Reino Unido",
            "Ministerio de Asuntos Exteriores del Reino Unido",
        ),
        fr="Ministère des Affaires étrangères, du Commonwealth et du Développement",
    ),
    _body(
        "gb.pm",
        en=("Prime Minister's Office, 10 Downing Street", "10 Downing Street", "~Prime Minister's Office"),
        es="Oficina del Primer Ministro del Reino Unido",
        fr="Cabinet du Premier ministre du Royaume-Uni",
    ),
    _body("gb.dfid", "DFID", en="Department for International Development"),
    _body("gb.moj", "~MOJ", en=("Ministry of Justice of the United Kingdom", "~Ministry of Justice")),
    _body("gb.phe", "PHE", en="Public Health England"),
    _body("gb.home", en=("Home Office of the United Kingdom", "~Home Office")),
    _body("gb.hmt", "HM Treasury", en=("HM Treasury", "His Majesty's Treasury", "Her Majesty's Treasury")),
    _body("gb.mod", "~MOD", en=("Ministry of Defence of the United Kingdom", "~Ministry of Defence")),
    _body("gb.cabinet", en=("Cabinet Office of the United Kingdom", "~Cabinet Office")),
    _body("gb.dbt", en=("Department for Business and Trade", "Department for Business & Trade")),
    _body("gb.dit", en="Department for International Trade"),
    _body("gb.defra", "DEFRA", en="Department for Environment, Food & Rural Affairs"),
    _body(
        "gb.desnz",
        en=("Department for Energy Security and Net Zero", "Department for Energy Security & Net Zero"),
    ),
    _body("gb.beis", "BEIS", en="Department for Business, Energy & Industrial Strategy"),
    _body("gb.dhsc", "DHSC", en="Department of Health and Social Care"),
    _body("gb.dcms", "DCMS", en="Department for Culture, Media and Sport"),
    _body("gb.dsit", "DSIT", en="Department for Science, Innovation and Technology"),
    _body("gb.ago", en=("Attorney General's Office of the United Kingdom", "~Attorney General's Office")),
    _body("gb.nca", en="National Crime Agency"),
    _body("gb.bhc_singapore", en="British High Commission Singapore"),
    _body("gb.embassy_mexico", en=("British Embassy Mexico City", "British Embassy in Mexico")),
)

_CANADA = (
    _body(
        "ca.gac",
        "~GAC",
        "~AMC",
        en=(
            "Global Affairs Canada",
            "Foreign Affairs, Trade and Development Canada",
            "Foreign Affairs and International Trade Canada",
            "Department of Foreign Affairs, Trade and Development",
            "Department of Foreign Affairs and International Trade",
        ),
        es=("Asuntos Globales de Canadá", "Ministerio de Asuntos Mundiales de Canadá"),
        fr=(
            "Affaires mondiales Canada",
            "Affaires étrangères, Commerce et Développement Canada",
            "Affaires étrangères et Commerce international Canada",
            "Ministère des Affaires étrangères, du Commerce et du Développement",
        ),
    ),
    _body(
        "ca.pm",
        en=(
            "Office of the Prime Minister of Canada",
            "Prime Minister of Canada",
            "~Prime Minister's Office",
            "~Office of the Prime Minister",
        ),
        fr=(
            "Cabinet du Premier ministre du Canada",
            "Premier ministre du Canada",
            "~Cabinet du Premier ministre",
        ),
    ),
    _body(
        "ca.ircc",
        "IRCC",
        en="Immigration, Refugees and Citizenship Canada",
        fr="Immigration, Réfugiés et Citoyenneté Canada",
    ),
    _body(
        "ca.dnd",
        en=("National Defence of Canada", "Department of National Defence", "~National Defence"),
        fr=("Ministère de la Défense nationale", "Défense nationale du Canada", "~Défense nationale"),
    ),
    _body(
        "ca.ised",
        "ISED",
        en="Innovation, Science and Economic Development Canada",
        fr="Innovation, Sciences et Développement économique Canada",
    ),
    _body("ca.ps", en="Public Safety Canada", fr="Sécurité publique Canada"),
    _body(
        "ca.fin",
        en=("Department of Finance Canada", "Finance Canada", "~Department of Finance"),
        fr=("Ministère des Finances Canada", "Finances Canada", "~Ministère des Finances"),
    ),
)

ISSUERS: Mapping[str, Issuer] = MappingProxyType(
    {issuer.key: issuer for issuer in (*_MEXICO, *_UNITED_STATES, *_UNITED_KINGDOM, *_CANADA)}
)
