"""The finance ministry's daily exchange-rate release: one template, other figures every day.

Two of them look like copies of each other and are not: the trap for every matcher of near-duplicates.
"""

from __future__ import annotations

from datetime import date

from crawler.replica.composition import stream
from crawler.replica.wording import wordings


def _rate(seed: int, day: date, salt: int) -> str:
    tenthousandths = 168_000 + stream(seed, day.toordinal(), salt).getrandbits(16) % 42_000
    return f"{tenthousandths // 10_000}.{tenthousandths % 10_000:04d}"


def exchange_title(day: date) -> str:
    """The headline of that day's release."""
    return f"Tipo de cambio aplicable del {wordings()['es'].day(day)}"


def exchange_body(seed: int, day: date) -> tuple[str, ...]:
    """The paragraphs of that day's release."""
    spanish = wordings()["es"].day(day)
    rate = stream(seed, day.toordinal(), 64).getrandbits(12)
    return (
        f"La Secretaría de Hacienda y Crédito Público informa que el tipo de cambio aplicable el {spanish} "
        f"para "
        f"liquidar en el país obligaciones denominadas en dólares de los Estados Unidos de América es de "
        f"{_rate(seed, day, 65)} pesos por dólar.",
        "La cotización se obtuvo a partir del promedio de las operaciones al mayoreo que las instituciones "
        "de "
        "crédito reportaron entre las nueve y las doce horas, conforme a las reglas vigentes para la "
        "determinación del tipo de cambio de referencia.",
        f"En la misma fecha, el euro se cotizó en {_rate(seed, day, 66)} pesos y la libra esterlina en "
        f"{_rate(seed, day, 67)} pesos. La tasa de interés interbancaria a veintiocho días se ubicó en "
        f"{7 + rate % 4}.{rate % 10_000:04d} por ciento.",
        "Los contribuyentes podrán utilizar esta cotización para el cálculo de sus obligaciones fiscales del "
        "día "
        "hábil siguiente. Las series históricas están disponibles en el portal de estadísticas oportunas de "
        "la "
        "dependencia, donde también se publican los valores de las unidades de inversión.",
        "Esta publicación se emite todos los días hábiles y no constituye un pronóstico ni una recomendación "
        "de "
        "compra o venta de divisas.",
    )
