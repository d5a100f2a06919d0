"""Organisations of many countries, and the institutions of the European Union."""

from __future__ import annotations

from crawler.bodies.body import Country, body

COUNTRIES = {
    "eu": Country(("EU", "European Union"), ("of the European Union", "de l'Union européenne")),
    "int": Country((), ()),
}

BODIES = (
    body(
        "eu.commission",
        en="European Commission",
        bg="Европейска комисия",
        cs="Evropská komise",
        da="Europa-Kommissionen",
        de="Europäische Kommission",
        el="Ευρωπαϊκή Επιτροπή",
        es="Comisión Europea",
        et="Euroopa Komisjon",
        fi="Euroopan komissio",
        fr="Commission européenne",
        ga="An Coimisiún Eorpach",
        hr="Europska komisija",
        hu="Európai Bizottság",
        it="Commissione europea",
        lt="Europos Komisija",
        lv="Eiropas Komisija",
        mt="Il-Kummissjoni Ewropea",
        nl="Europese Commissie",
        pl="Komisja Europejska",
        pt="Comissão Europeia",
        ro="Comisia Europeană",
        sk="Európska komisia",
        sl="Evropska komisija",
        sv="Europeiska kommissionen",
    ),
    body(
        "eu.council",
        en=("Council of the European Union", "Council of the EU", "~The Council", "~Council"),
        de="Rat der Europäischen Union",
        fr="Conseil de l'Union européenne",
        es="Consejo de la Unión Europea",
        it="Consiglio dell'Unione europea",
        pt="Conselho da União Europeia",
    ),
    body(
        "eu.european_council",
        en="European Council",
        de="Europäischer Rat",
        fr="Conseil européen",
        es="Consejo Europeo",
        it="Consiglio europeo",
        pt="Conselho Europeu",
    ),
    body(
        "eu.eeas",
        "EEAS",
        "~SEAE",
        en=("European External Action Service", "High Representative"),
        fr="Service européen pour l'action extérieure",
        es="Servicio Europeo de Acción Exterior",
        de="Europäischer Auswärtiger Dienst",
    ),
    body(
        "int.nato",
        "NATO",
        "~OTAN",
        en=("North Atlantic Treaty Organization", "North Atlantic Council"),
        fr="Organisation du traité de l'Atlantique nord",
    ),
    body(
        "int.un",
        "~UN",
        "~ONU",
        en=("United Nations",),
        fr=("Nations Unies", "Organisation des Nations Unies"),
        es=("Naciones Unidas", "Organización de las Naciones Unidas"),
        pt="Nações Unidas",
        ar="الأمم المتحدة",
        ru="Организация Объединенных Наций",
        zh="联合国",
    ),
    body("int.iaea", "IAEA", en="International Atomic Energy Agency"),
)
