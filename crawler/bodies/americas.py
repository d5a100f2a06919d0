"""North America."""

from __future__ import annotations

from crawler.bodies.body import Country, body

COUNTRIES = {
    "ca": Country(("Canadian", "Canada's"), ("of Canada", "Canada", "de Canadá", "du Canada")),
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

_MEXICO = (
    body(
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
    body(
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
    body(
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
    body(
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
    body(
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
    body(
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
    body(
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
    body(
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
    body(
        "mx.semarnat",
        "SEMARNAT",
        en=(
            "Secretariat of Environment and Natural Resources",
            "~Ministry of Environment and Natural Resources",
            "~Ministry of the Environment",
        ),
        es="Secretaría de Medio Ambiente y Recursos Naturales",
    ),
    body(
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
    body(
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
    body(
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
    body(
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
    body(
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
    body(
        "mx.sener",
        "SENER",
        en=("Ministry of Energy of Mexico", "~Ministry of Energy", "~Secretariat of Energy"),
        es="Secretaría de Energía",
    ),
    body(
        "mx.sectur",
        "SECTUR",
        en=("Ministry of Tourism of Mexico", "~Ministry of Tourism", "~Secretariat of Tourism"),
        es="Secretaría de Turismo",
    ),
    body(
        "mx.sspc",
        "SSPC",
        en=(
            "Secretariat of Security and Citizen Protection",
            "~Ministry of Security and Citizen Protection",
            "~Secretariat of Public Safety",
        ),
        es="Secretaría de Seguridad y Protección Ciudadana",
    ),
    body(
        "mx.inm",
        "~INM",
        en=(
            "National Migration Institute of Mexico",
            "National Institute of Migration",
            "~National Migration Institute",
        ),
        es="Instituto Nacional de Migración",
    ),
    body(
        "mx.embassy_us",
        en=("Embassy of Mexico in the United States", "Embassy of Mexico in Washington"),
        es=("Embajada de México en Estados Unidos", "Embajada de México en los Estados Unidos"),
    ),
    body("mx.embassy_cu", en="Embassy of Mexico in Cuba", es="Embajada de México en Cuba"),
    body(
        "mx.consulate_miami",
        en=("Consulate General of Mexico in Miami", "Consulate of Mexico in Miami"),
        es=("Consulado General de México en Miami", "Consulado de México en Miami"),
    ),
    body("mx.banxico", "Banxico", en="Bank of Mexico", es="Banco de México", fr="Banque du Mexique"),
)

_UNITED_STATES = (
    body(
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
    body(
        "us.dhs",
        "DHS",
        en="Department of Homeland Security",
        es="Departamento de Seguridad Nacional",
        fr="Département de la Sécurité intérieure",
    ),
    body("us.white_house", en=("White House", "The White House"), es="Casa Blanca", fr="Maison-Blanche"),
    body("us.treasury", en=("Department of the Treasury", "~Treasury Department", "~Treasury")),
    body("us.justice", "~DOJ", en=("U.S. Department of Justice", "~Department of Justice")),
    body("us.commerce", en=("U.S. Department of Commerce", "~Department of Commerce")),
    body("us.defense", en=("U.S. Department of Defense", "~Department of Defense", "~Department of War")),
    body(
        "us.ustr",
        "USTR",
        en=("Office of the United States Trade Representative", "United States Trade Representative"),
        es="Representante de Comercio de los Estados Unidos",
    ),
    body(
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

_CANADA = (
    body(
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
    body(
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
    body(
        "ca.ircc",
        "IRCC",
        en="Immigration, Refugees and Citizenship Canada",
        fr="Immigration, Réfugiés et Citoyenneté Canada",
    ),
    body(
        "ca.dnd",
        en=("National Defence of Canada", "Department of National Defence", "~National Defence"),
        fr=("Ministère de la Défense nationale", "Défense nationale du Canada", "~Défense nationale"),
    ),
    body(
        "ca.ised",
        "ISED",
        en="Innovation, Science and Economic Development Canada",
        fr="Innovation, Sciences et Développement économique Canada",
    ),
    body("ca.ps", en="Public Safety Canada", fr="Sécurité publique Canada"),
    body(
        "ca.fin",
        en=("Department of Finance Canada", "Finance Canada", "~Department of Finance"),
        fr=("Ministère des Finances Canada", "Finances Canada", "~Ministère des Finances"),
    ),
)

BODIES = (*_MEXICO, *_UNITED_STATES, *_CANADA)
