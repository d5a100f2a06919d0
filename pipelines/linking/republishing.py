"""What republishers do to a text: cut, frame, give another headline and another day, misread letters.

For learning only: a model that has seen whole texts alone does not recognise what is really found. The same
release and seed give the same copy on every machine.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from pipelines.linking.passages import passages_of
from pipelines.linking.records import Record

_LEADS = {
    "en": ("From our correspondent. The ministry published this text.", "Press office. For release."),
    "es": ("Redacción. El ministerio difundió el siguiente texto.", "Oficina de prensa. Para publicar."),
    "fr": ("De notre correspondant. Le ministère a publié ce texte.", "Service de presse. À diffuser."),
    "de": ("Von unserem Korrespondenten. Das Ministerium teilt mit.", "Pressestelle. Frei ab sofort."),
    "it": ("Dal nostro corrispondente. Il ministero ha diffuso il testo.", "Ufficio stampa. Da pubblicare."),
    "pt": ("Da redação. O ministério divulgou o seguinte texto.", "Assessoria. Para divulgação."),
}
_FEET = {
    "en": ("Follow us for more. Share this page. All rights reserved.", "Contact: telephone 555 0100."),
    "es": ("Síganos para más noticias. Derechos reservados.", "Contacto: teléfono 555 0100."),
    "fr": ("Suivez-nous. Partagez cette page. Tous droits réservés.", "Contact : téléphone 555 0100."),
    "de": ("Folgen Sie uns. Teilen Sie diese Seite.", "Kontakt: Telefon 555 0100."),
    "it": ("Seguiteci. Condividete questa pagina. Tutti i diritti riservati.", "Contatto: tel. 555 0100."),
    "pt": ("Siga-nos. Partilhe esta página. Direitos reservados.", "Contacto: telefone 555 0100."),
}
_MISREAD = {"l": "1", "m": "rn", "e": "c", "o": "0", "h": "b", "i": "l", "u": "n", "a": "o"}
_MISREAD_PART = 0.02
_LATEST = 40
_FEWEST = 3
"""A text of fewer passages is not cut."""


def republish(record: Record, seed: int) -> Record:
    """A copy as a republisher would make it: two or three of the changes above, by chance."""
    chance = random.Random(f"{record.id} {seed}")  # noqa: S311 - reproducible, nothing is secret
    passages = list(passages_of(record.text))
    changes: list[Callable[[Record, list[str], random.Random], Record]] = [_cut, _frame, _retitle, _redate]
    if passages and passages[0].isascii():
        changes.append(_misread)
    copy = record
    for change in chance.sample(changes, chance.choice((2, 3))):
        copy = change(copy, passages, chance)
    return replace(copy, id=f"{record.id} republished {seed}", text="\n\n".join(passages))


def _cut(record: Record, passages: list[str], chance: random.Random) -> Record:
    """35 to 80 % of the passages: the first ones, or any."""
    if len(passages) >= _FEWEST:
        count = max(2, round(len(passages) * chance.uniform(0.35, 0.8)))
        if chance.random() < 0.7:
            del passages[count:]
        else:
            kept = sorted(chance.sample(range(len(passages)), count))
            passages[:] = [passages[at] for at in kept]
    return record


def _frame(record: Record, passages: list[str], chance: random.Random) -> Record:
    lead = chance.choice(_LEADS.get(record.language, _LEADS["en"]))
    foot = chance.choice(_FEET.get(record.language, _FEET["en"]))
    if chance.random() < 0.7:
        passages.insert(0, lead)
    if chance.random() < 0.7:
        passages.append(foot)
    return record


def _retitle(record: Record, passages: list[str], chance: random.Random) -> Record:
    if not passages:
        return record
    start = chance.choice(passages[:3])
    return replace(record, title=" ".join(start.split()[: chance.randint(4, 10)])[:90])


def _redate(record: Record, _passages: list[str], chance: random.Random) -> Record:
    late = timedelta(days=chance.randint(1, _LATEST))
    return replace(record, said_on=None if record.said_on is None else record.said_on + late)


def _misread(record: Record, passages: list[str], chance: random.Random) -> Record:
    """Letters as character recognition misreads them."""
    for at, passage in enumerate(passages):
        passages[at] = "".join(
            _MISREAD.get(letter, letter) if chance.random() < _MISREAD_PART else letter for letter in passage
        )
    return record
