"""Europe, the institutions of the European Union among it."""

from __future__ import annotations

from crawler.bodies.body import Country, body

COUNTRIES = {
    "gb": Country(
        ("UK", "U.K.", "British", "United Kingdom"),
        ("of the United Kingdom", "of the UK", "del Reino Unido", "du Royaume-Uni"),
    ),
}

_UNITED_KINGDOM = (
    body(
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
    body(
        "gb.pm",
        en=("Prime Minister's Office, 10 Downing Street", "10 Downing Street", "~Prime Minister's Office"),
        es="Oficina del Primer Ministro del Reino Unido",
        fr="Cabinet du Premier ministre du Royaume-Uni",
    ),
    body("gb.dfid", "DFID", en="Department for International Development"),
    body("gb.moj", "~MOJ", en=("Ministry of Justice of the United Kingdom", "~Ministry of Justice")),
    body("gb.phe", "PHE", en="Public Health England"),
    body("gb.home", en=("Home Office of the United Kingdom", "~Home Office")),
    body("gb.hmt", "HM Treasury", en=("HM Treasury", "His Majesty's Treasury", "Her Majesty's Treasury")),
    body("gb.mod", "~MOD", en=("Ministry of Defence of the United Kingdom", "~Ministry of Defence")),
    body("gb.cabinet", en=("Cabinet Office of the United Kingdom", "~Cabinet Office")),
    body("gb.dbt", en=("Department for Business and Trade", "Department for Business & Trade")),
    body("gb.dit", en="Department for International Trade"),
    body("gb.defra", "DEFRA", en="Department for Environment, Food & Rural Affairs"),
    body(
        "gb.desnz",
        en=("Department for Energy Security and Net Zero", "Department for Energy Security & Net Zero"),
    ),
    body("gb.beis", "BEIS", en="Department for Business, Energy & Industrial Strategy"),
    body("gb.dhsc", "DHSC", en="Department of Health and Social Care"),
    body("gb.dcms", "DCMS", en="Department for Culture, Media and Sport"),
    body("gb.dsit", "DSIT", en="Department for Science, Innovation and Technology"),
    body("gb.ago", en=("Attorney General's Office of the United Kingdom", "~Attorney General's Office")),
    body("gb.nca", en="National Crime Agency"),
    body("gb.bhc_singapore", en="British High Commission Singapore"),
    body("gb.embassy_mexico", en=("British Embassy Mexico City", "British Embassy in Mexico")),
)

BODIES = (*_UNITED_KINGDOM,)
