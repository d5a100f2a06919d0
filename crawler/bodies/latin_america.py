"""South America."""

from __future__ import annotations

from crawler.bodies.body import Country, body

COUNTRIES = {
    "ar": Country(
        ("Argentine", "Argentinian", "Argentina's"),
        ("of Argentina", "Argentina", "de Argentina", "de la Argentina", "de la República Argentina"),
    ),
    "br": Country(
        ("Brazilian", "Brazil's"),
        ("of Brazil", "Brazil", "do Brasil", "de Brasil", "del Brasil", "du Brésil"),
    ),
    "cl": Country(("Chilean", "Chile's"), ("of Chile", "Chile", "de Chile", "do Chile", "du Chili")),
    "co": Country(
        ("Colombian", "Colombia's"), ("of Colombia", "Colombia", "de Colombia", "da Colômbia", "de Colombie")
    ),
    "pe": Country(("Peruvian", "Peru's"), ("of Peru", "Peru", "del Perú", "de Perú", "do Peru", "du Pérou")),
}

BODIES = (
    body(
        "ar.mrecic",
        "MRECIC",
        en=(
            "Ministry of Foreign Affairs of Argentina",
            "Ministry of Foreign Affairs, International Trade and Worship of Argentina",
            "~Ministry of Foreign Affairs, International Trade and Worship",
            "~Ministry of Foreign Affairs",
            "~Foreign Ministry",
        ),
        es=(
            "Ministerio de Relaciones Exteriores, Comercio Internacional y Culto",
            "Ministerio de Relaciones Exteriores y Culto",
            "Cancillería argentina",
            "~Ministerio de Relaciones Exteriores",
            "~Cancillería",
        ),
        pt="Ministério das Relações Exteriores da Argentina",
    ),
    body(
        "br.mre",
        "Itamaraty",
        "~MRE",
        en=(
            "Ministry of Foreign Affairs of Brazil",
            "~Ministry of Foreign Affairs",
            "~Ministry of External Relations",
            "~Foreign Ministry",
        ),
        pt=(
            "Ministério das Relações Exteriores do Brasil",
            "~Ministério das Relações Exteriores",
            "Palácio do Itamaraty",
        ),
        es=("Ministerio de Relaciones Exteriores de Brasil", "~Ministerio de Relaciones Exteriores"),
    ),
    body(
        "br.presidencia",
        "~Planalto",
        en=("Presidency of Brazil", "~Presidency of the Republic", "~Presidency"),
        pt=("Presidência da República do Brasil", "~Presidência da República", "Palácio do Planalto"),
        es=("Presidencia de Brasil", "~Presidencia de la República"),
    ),
    body(
        "cl.minrel",
        "MINREL",
        en=("Ministry of Foreign Affairs of Chile", "~Ministry of Foreign Affairs", "~Foreign Ministry"),
        es=(
            "Ministerio de Relaciones Exteriores de Chile",
            "~Ministerio de Relaciones Exteriores",
            "~Cancillería",
        ),
    ),
    body(
        "co.cancilleria",
        en=("Ministry of Foreign Affairs of Colombia", "~Ministry of Foreign Affairs", "~Foreign Ministry"),
        es=(
            "Ministerio de Relaciones Exteriores de Colombia",
            "~Ministerio de Relaciones Exteriores",
            "~Cancillería",
        ),
    ),
    body(
        "pe.rree",
        "~RREE",
        en=("Ministry of Foreign Affairs of Peru", "~Ministry of Foreign Affairs", "~Foreign Ministry"),
        es=(
            "Ministerio de Relaciones Exteriores del Perú",
            "~Ministerio de Relaciones Exteriores",
            "~Cancillería",
        ),
    ),
)
