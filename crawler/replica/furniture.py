"""What stands around a release on a real page: menus, scripts, teasers, footers, in any amount."""

from __future__ import annotations

from dataclasses import dataclass

_MENU = {
    "es": (
        "Trámites",
        "Gobierno",
        "Acciones",
        "Transparencia",
        "Documentos",
        "Contacto",
        "Multimedia",
        "Empleo",
    ),
    "en": ("Topics", "Newsroom", "Countries", "About us", "Resources", "Careers", "Contact", "Accessibility"),
    "fr": (
        "Thèmes",
        "Salle de presse",
        "Pays",
        "À propos",
        "Ressources",
        "Carrières",
        "Contact",
        "Accessibilité",
    ),
    "ar": ("المواضيع", "الأخبار", "البلدان", "من نحن", "الموارد", "الوظائف", "اتصل بنا", "إمكانية الوصول"),
}
_SHARE_BEFORE = 3
"""Of ten bytes of furniture, three stand before the release."""


@dataclass(frozen=True, slots=True)
class Furniture:
    """The two halves of a page's furniture."""

    before: str
    after: str


def _menu(language: str, number: int) -> str:
    words = _MENU[language]
    items = "".join(
        f'<li class="nav-item nav-item-{number}-{place}"><a class="nav-link" '
        f'href="/menu/{number}/{place}" title="{word}">{word} {number}</a></li>\n'
        for place, word in enumerate(words)
    )
    label = f"{words[0]} {number}"
    return f'<nav class="menu menu-{number}" aria-label="{label}"><ul class="nav">\n{items}</ul></nav>\n'


def _script(number: int) -> str:
    lines = "".join(
        f"  queue.push({{slot: 'zone-{number}-{place}', group: {number * 31 + place}, lazy: "
        f"{str(place % 2 == 0).lower()}"
        f", sizes: [[{320 + place * 8}, {50 + number % 9}], [{728 + place}, 90]]}});\n"
        for place in range(9)
    )
    opening = f"<script>\n(function (window) {{\n  var queue = window.stack{number} || [];\n"
    return f"{opening}{lines}}})(window);\n</script>\n"


def _teaser(language: str, number: int) -> str:
    word = _MENU[language][number % 8]
    return (
        f'<div class="teaser teaser-{number % 4}"><a href="/teaser/{number}"><img loading="lazy" '
        f'alt="{word}" '
        f'src="/assets/teaser/{number * 7919 % 100_003}.jpg" width="320" height="180"></a>'
        f'<div class="teaser-label"><a href="/teaser/{number}">{word} {number}</a></div></div>\n'
    )


def furniture(language: str, size: int) -> Furniture:
    """Furniture of about `size` bytes; small sizes are a menu or nothing at all."""
    before: list[str] = []
    after: list[str] = []
    spent = [0, 0]
    limits = (size * _SHARE_BEFORE // 10, size - size * _SHARE_BEFORE // 10)
    for half, parts in enumerate((before, after)):
        number = half * 500
        while spent[half] < limits[half]:
            number += 1
            part = (
                _menu(language, number)
                if number % 5 == 1
                else _script(number)
                if number % 5 in (2, 4)
                else _teaser(language, number)
            )
            parts.append(part)
            spent[half] += len(part.encode())
    return Furniture("".join(before), "".join(after))
