"""Texts in the style of communiques, written for these tests."""

from __future__ import annotations

JOINT_TITLE = "Reunión de trabajo sobre la frontera común"
JOINT_ES = """\
Los titulares de Relaciones Exteriores, Gobernación y Hacienda recibieron hoy en la Ciudad de México a \
una delegación del gobierno de los Estados Unidos, encabezada por el secretario Warren Holloway, para \
revisar los asuntos de la frontera común.

La delegación mexicana, que condujo el canciller Tomás Arreola Quintana, contó con la participación del \
secretario de Gobernación, Julián Beltrán, y de la secretaria de Hacienda, Inés Carmona. Por la parte \
estadounidense asistió también la embajadora Ruth Pemberton.

Durante el encuentro, que se prolongó por 3 horas, ambas partes examinaron 14 puntos de la agenda \
bilateral. Acordaron ampliar el horario de 6 cruces fronterizos y destinar 240 millones de dólares a su \
modernización antes de 2019.

México reiteró que toda decisión que afecte a los dos países debe ser fruto del diálogo y no de una \
medida unilateral. El canciller Arreola señaló que el respeto a los derechos de los 35 mil trabajadores \
agrícolas temporales es una condición para seguir avanzando.

En materia de seguridad, los funcionarios convinieron en intercambiar información sobre el tráfico de \
armas por Tijuana y Ciudad Juárez, y en reunir cada 45 días a un grupo técnico.

La próxima reunión tendrá lugar en Washington en las siguientes semanas."""

JOINT_EN_TITLE = "Working Meeting on the Common Border"
JOINT_EN = """\
The Secretaries of Foreign Affairs, of the Interior and of Finance received today in Mexico City a \
delegation of the United States government, led by Secretary Warren Holloway, in order to review the \
affairs of the common border.

Mexico's delegation, headed by Foreign Minister Tomás Arreola Quintana, included the Secretary of the \
Interior, Julián Beltrán, and the Secretary of Finance, Inés Carmona. Ambassador Ruth Pemberton was also \
present for the United States.

In the course of the meeting, which took 3 hours, both sides went through 14 points of the bilateral \
agenda. They agreed to extend the hours of 6 border crossings and to devote 240 million dollars to their \
modernization before 2019.

Mexico said again that any decision which affects both countries must come from dialogue and not from a \
unilateral measure. Minister Arreola noted that respect for the rights of the 35 thousand temporary farm \
workers is a condition for going forward.

On security, the officials agreed to share information on arms trafficking through Tijuana and Ciudad \
Juárez, and to convene a technical group every 45 days.

The next meeting will be held in Washington in coming weeks."""

JOINT_EN_OTHER = """\
Today in Mexico City the ministers for foreign affairs, interior and finance welcomed a United States \
delegation under Secretary Warren Holloway to discuss matters along the shared border.

Foreign Minister Tomás Arreola Quintana led for Mexico, together with Interior Secretary Julián Beltrán \
and Finance Secretary Inés Carmona; U.S. Ambassador Ruth Pemberton joined the visitors.

Over 3 hours they covered 14 items. Opening times at 6 crossings are to be lengthened, and 240 million \
dollars spent on modernizing them by 2019.

Decisions touching both nations have to grow out of talks, never out of one side's measures, Mexico \
insisted. Respect for 35 thousand seasonal farm workers, according to Arreola, is what progress depends \
on.

A technical group is to meet every 45 days, and data on gun running via Tijuana and Ciudad Juárez will \
be exchanged. Talks continue in Washington within weeks."""

OTHER_TITLE = "El canciller recibe a su homólogo de Noruega"
OTHER_ES = """\
El secretario de Relaciones Exteriores, Tomás Arreola Quintana, se reunió esta tarde con el ministro de \
Asuntos Exteriores de Noruega, Halvard Lindqvist, quien realiza su primera visita oficial a México.

Los cancilleres conversaron sobre la cooperación en energía y pesca, y firmaron 2 memorandos de \
entendimiento para el intercambio de estudiantes. El comercio entre ambos países alcanzó 512 millones de \
dólares en 2016, un aumento de 9 por ciento.

Arreola agradeció el apoyo de Oslo al Fondo para la Conservación de los Bosques, que desde 2011 ha \
protegido 80 mil hectáreas en Chiapas y Campeche. Lindqvist invitó a su homólogo a participar en la \
Conferencia del Ártico que se celebrará en Tromsø en mayo.

Al término del encuentro, el ministro Lindqvist visitó el Museo Nacional de Antropología."""

OTHER_EN = """\
The Secretary of Foreign Affairs, Tomás Arreola Quintana, met this afternoon with Norway's Minister of \
Foreign Affairs, Halvard Lindqvist, who is on his first official visit to Mexico.

They talked about cooperation in energy and fisheries, and signed 2 memoranda of understanding on \
student exchange. Trade between both countries reached 512 million dollars in 2016, up 9 percent.

Arreola thanked Oslo for supporting the Forest Conservation Fund, which has protected 80 thousand \
hectares in Chiapas and Campeche since 2011. Lindqvist invited his colleague to the Arctic Conference to \
be held in Tromsø in May.

Afterwards Minister Lindqvist visited the National Museum of Anthropology."""

FOLLOW_UP_ES = """\
Los titulares de Relaciones Exteriores, Gobernación y Hacienda recibieron hoy en la Ciudad de México a \
una delegación del gobierno de los Estados Unidos, encabezada por el subsecretario Dale Whitcomb, para \
dar seguimiento a los acuerdos sobre la frontera común.

La delegación mexicana, que condujo el canciller Tomás Arreola Quintana, contó con la participación del \
comisionado de Aduanas, Rogelio Sandoval. Por la parte estadounidense asistió también la embajadora Ruth \
Pemberton.

Los grupos técnicos informaron que 4 de los 6 cruces ya operan con el nuevo horario y que se han \
ejercido 58 millones de dólares. Quedan por definir las obras de Nogales y de Reynosa, que comenzarán en \
octubre.

Ambas delegaciones lamentaron las inundaciones en el valle del río Bravo y acordaron reparar juntas los \
diques antes de la temporada de lluvias."""

TRANSCRIPT_ES = """\
CANCILLER TOMÁS ARREOLA QUINTANA: Muchas gracias a todos por venir, sé que han esperado mucho rato.

Les cuento rápidamente. Estuvimos 3 horas con el secretario Holloway, vimos 14 puntos, y yo diría que en \
casi todos hubo buena disposición. Lo de los cruces ya lo conocen: son 6, con más horario, y hay 240 \
millones de dólares.

PREGUNTA: ¿Qué dijo el secretario Holloway sobre los trabajadores agrícolas?

CANCILLER TOMÁS ARREOLA QUINTANA: Mire, nosotros pusimos sobre la mesa que son 35 mil personas y que sus \
derechos no se negocian. Eso quedó claro.

PREGUNTA: ¿Cuándo se vuelven a ver?

CANCILLER TOMÁS ARREOLA QUINTANA: En unas semanas, en Washington. Gracias."""


def exchange_rate(day: str, dollar: str, euro: str, cetes: str) -> tuple[str, str]:
    """Title and body of a ministry's daily notice: one wording, other figures every day."""
    return (
        f"Tipo de cambio para el {day}",
        f"""\
La Secretaría de Hacienda informa que el tipo de cambio para solventar obligaciones denominadas en \
moneda extranjera, pagaderas en la República, será el {day} de {dollar} pesos por dólar de los Estados \
Unidos de América.

La equivalencia del euro con el peso, para los mismos efectos y conforme a las disposiciones en vigor, \
será de {euro} pesos. La tasa de los certificados a 28 días se ubicó en {cetes} por ciento en la última \
subasta.

Estos valores se determinan con el promedio de las cotizaciones del mercado al mayoreo y se publican \
todos los días hábiles en el Diario Oficial, para conocimiento de los contribuyentes y de las \
instituciones de crédito.""",
    )
