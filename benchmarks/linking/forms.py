"""Releases of which only day, figures and a few words change: forms, filled in by a locale's rules.

A form holds `{name}` for each value. Numbers are written as the form's locale writes them; `trend.es=subió`
is for forms in Spanish. Of the day there are `{day}` (in words, without weekday), `{weekday}`, `{numeric}`,
`{next}` and `{last}` (the day after, the day before, in words), `{end}` (four days on: a working week).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

_PLACE = re.compile(r"\{([\w.]+)\}")


def fill_in(form: str, values: Mapping[str, str], day: date, language: str, locale: str) -> str:
    """A form with its values; KeyError when one is missing."""
    known = {**values, **_days(day, locale)}

    def written(match: re.Match[str]) -> str:
        name = match[1]
        own = f"{name}.{language}"
        if own in known:
            return known[own]
        return _number(known[name], locale)

    return _PLACE.sub(written, form)


def _days(day: date, locale: str) -> dict[str, str]:
    long = Locale.parse(locale).date_formats["long"]
    shown = {"day": 0, "next": 1, "last": -1, "end": 4}
    days = {
        name: format_date(day + timedelta(days=ahead), format=long.pattern, locale=locale)
        for name, ahead in shown.items()
    }
    days["weekday"] = format_date(day, "EEEE", locale=locale)
    days["numeric"] = format_date(day, "short", locale=locale)
    return days


def _number(value: str, locale: str) -> str:
    """A number in the locale's notation, with the decimals it is given with; anything else as it is."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    exponent = number.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(number, format=pattern, locale=locale, numbering_system="default")
