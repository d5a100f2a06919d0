"""What is typed into the search is read leniently, and nothing that is typed is an error."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.search.asking import MOST_TERMS, Term, read_question


def test_words_phrases_and_what_must_not_be_there() -> None:
    asked = read_question('frontera "valor compartido" -muro -"visa láser" migra* title:acuerdo')
    assert asked.groups == (
        (Term("frontera"),),
        (Term("valor compartido"),),
        (Term("migra", begins=True),),
        (Term("acuerdo", title=True),),
    )
    assert asked.excluded == (Term("muro"), Term("visa láser"))


def test_alternatives_are_joined_by_or() -> None:
    asked = read_question("acuerdo OR convenio OR tratado frontera")
    assert [[each.text for each in group] for group in asked.groups] == [
        ["acuerdo", "convenio", "tratado"],
        ["frontera"],
    ]
    assert read_question("OR").groups == ()


def test_fields_name_traits_and_days() -> None:
    asked = read_question(
        'issuer:MX.SRE lang:pt-BR -source:mexidata is:translated -is:withdrawn kind:"fact sheet"'
    )
    assert asked.having == (
        ("issuer", "mx.sre"),
        ("language", "pt"),
        ("is", "has_translation"),
        ("kind", "fact sheet"),
    )
    assert asked.without == (("source", "mexidata"), ("is", "withdrawn"))


@pytest.mark.parametrize(
    ("typed", "since", "until"),
    [
        ("since:2017-02-03", date(2017, 2, 3), None),
        ("after:2017-02", date(2017, 2, 1), None),
        ("until:2016-02", None, date(2016, 2, 29)),
        ("date:2017", date(2017, 1, 1), date(2017, 12, 31)),
        ("date:2017-02 since:2017-02-10", date(2017, 2, 10), date(2017, 2, 28)),
    ],
)
def test_days_may_be_months_or_years(typed: str, since: date | None, until: date | None) -> None:
    asked = read_question(typed)
    assert (asked.since, asked.until) == (since, until)


def test_what_is_no_field_is_words() -> None:
    assert read_question("nota:bene").groups == ((Term("nota bene"),),)
    assert read_question("since:yesterday").groups == ((Term("since yesterday"),),)
    assert read_question("is:nice").groups == ((Term("is nice"),),)
    assert read_question("12:30").groups == ((Term("12:30"),),)


@given(st.text(max_size=300))
def test_nothing_that_is_typed_is_an_error(typed: str) -> None:
    asked = read_question(typed)
    assert len(asked.groups) <= MOST_TERMS
    read_question(f'"{typed} title:{typed} -{typed} since:{typed}')
