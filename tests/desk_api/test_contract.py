"""The API does what its description says, whatever it is asked: schemathesis makes up the questions.

More of them: `ask` with more examples.
"""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

EXAMPLES = 4


def ask(app: FastAPI, address: str, examples: int) -> dict[str, int]:
    """Put made-up questions, right and wrong ones, to every operation; how many each was asked.

    Raises what schemathesis finds: an answer that the description does not know, a wrong question answered, a
    right one refused, an error of the server.
    """
    asked: dict[str, int] = {}
    described = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    for found in described.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        modes = [GenerationMode.POSITIVE]
        if operation.path_parameters or operation.query:
            modes.append(GenerationMode.NEGATIVE)
        for mode in modes:

            @seed(6)
            @settings(
                max_examples=examples,
                deadline=None,
                database=None,
                phases=(Phase.explicit, Phase.generate),
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def put(case: schemathesis.Case[Any]) -> None:
                asked[case.operation.label] = asked.get(case.operation.label, 0) + 1
                case.call_and_validate(base_url=address)

            put()
    return asked


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_any_question_is_answered_as_described(app: FastAPI, address: str) -> None:
    asked = ask(app, address, EXAMPLES)
    assert set(asked) == {
        f"GET {path}" for path, operations in app.openapi()["paths"].items() for _ in operations
    }
    assert min(asked.values()) >= 1
