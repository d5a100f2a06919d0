"""The JSON API: lists in parts, validators, errors that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.search.archive import TEXTS

API = "/api/v1"


def parts(client: httpx.Client, path: str, **parameters: Any) -> Iterator[Any]:  # noqa: ANN401
    """Everything in a list, part by part."""
    cursor: str | None = None
    while True:
        asked = {**parameters, **({"cursor": cursor} if cursor else {})}
        answer = client.get(API + path, params=asked)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        yield from told["items"]
        cursor = told["next_cursor"]
        assert ("link" in answer.headers) is (cursor is not None)
        if cursor is None:
            return


@pytest.mark.parametrize("path", ["/statements", "/releases", "/runs", "/changes"])
def test_a_list_in_parts_is_the_whole_list(client: httpx.Client, path: str) -> None:
    small = list(parts(client, path, limit=1 if path in ("/runs", "/changes") else 9))
    whole = client.get(API + path, params={"limit": 100}).json()["items"]
    assert small == whole
    stored = 47 + len(TEXTS)
    assert len(whole) == {"/statements": stored, "/releases": stored, "/runs": 3, "/changes": 1}[path]


def test_a_link_leads_to_the_next_part(client: httpx.Client) -> None:
    answer = client.get(f"{API}/statements", params={"q": "capital", "limit": 2, "has_translation": "true"})
    following = client.get(answer.links["next"]["url"])
    assert following.status_code == 200
    ids = [each["id"] for part in (answer, following) for each in part.json()["items"]]
    assert len(set(ids)) == 4


def test_a_statement_comes_with_its_texts_and_why(client: httpx.Client) -> None:
    (found,) = client.get(f"{API}/statements", params={"q": TEXTS["ru"][0]}).json()["items"]
    assert found["snippet"]["marks"]
    whole = client.get(f"{API}/statements/{found['id']}").json()
    assert whole["releases"][0]["body"] == TEXTS["ru"][1]
    release = found["versions"][0]["id"]
    assert client.get(f"{API}/statements/{release}").json() == whole
    one = client.get(f"{API}/releases/{release}").json()
    assert one["statement"] == found["id"]
    assert one["provenance"]["key"] == "prensa/text-ru"
    (state,) = client.get(f"{API}/releases/{release}/revisions").json()["items"]
    assert state["body"] == TEXTS["ru"][1]


def test_facets_and_volume_take_the_same_filter(client: httpx.Client) -> None:
    wanted = {"language": "es", "country": "mx"}
    listed = list(parts(client, "/statements", **wanted))
    told = client.get(f"{API}/facets", params=wanted).json()
    assert told["total"] == {"number": len(listed), "exact": True}
    assert told["values"]["language"] == {"es": len(listed)}
    bars = client.get(f"{API}/volume", params={**wanted, "by": "year"}).json()["bars"]
    assert sum(each["number"] for each in bars) == len(listed)


def test_sources_and_what_is_held(client: httpx.Client) -> None:
    told = {each["name"]: each for each in client.get(f"{API}/sources").json()["items"]}
    assert told["mx_sre"]["terms"]
    assert client.get(f"{API}/sources/mx_sre").json() == told["mx_sre"]
    assert told["mx_sre"]["health"]["state"] == "silent"
    assert told["us_state"]["health"] is None
    days = {"since": "2017-02-20", "until": "2017-02-26"}
    found = client.get(f"{API}/sources/mx_sre/coverage", params=days).json()["items"]
    assert [each["day"][-2:] for each in found] == ["20", "21", "22", "23", "24", "25", "26"]
    assert client.get(f"{API}/held").json()["items"] == [
        {"source": "mx_sre", "reason": "unknown issuer", "number": 1}
    ]
    run = client.get(f"{API}/runs").json()["items"][0]
    assert not {"host", "process", "stats"} & set(run)


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/statements/s00000000000000000000", 404, "found nothing"),
        ("/statements/x", 422, "cannot be understood"),
        ("/releases/r00000000000000000000", 404, "found nothing"),
        ("/sources/nobody", 404, "/sources lists them"),
        ("/statements?limit=1000", 422, "cannot be understood"),
        ("/statements?cursor=forged", 404, "begin again"),
        ("/runs?cursor=forged", 404, "begin again"),
        ("/volume?by=week", 422, "cannot be understood"),
    ],
)
def test_an_error_is_a_problem_that_says_what_to_do(
    client: httpx.Client, path: str, status: int, told: str
) -> None:
    answer = client.get(API + path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert told in problem["detail"]


def test_what_the_other_side_has_is_not_sent_again(client: httpx.Client) -> None:
    for path in ("/statements?limit=3", "/facets", "/sources", "/releases?limit=2"):
        first = client.get(API + path)
        again = client.get(API + path, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    first = client.get(f"{API}/changes")
    since = {"If-Modified-Since": first.headers["last-modified"]}
    assert client.get(f"{API}/changes", headers=since).status_code == 304
    old = {"If-Modified-Since": "Sun, 01 Jan 2017 00:00:00 GMT"}
    assert client.get(f"{API}/changes", headers=old).status_code == 200
    assert client.get(f"{API}/changes", headers={"If-Modified-Since": "yesterday"}).status_code == 200


def test_head_is_get_without_its_body(client: httpx.Client) -> None:
    for path in ("/statements", "/facets", "/runs"):
        got, headed = client.get(API + path), client.head(API + path)
        assert headed.status_code == 200
        assert headed.content == b""
        assert headed.headers["etag"] == got.headers["etag"]


def test_other_sites_may_not_read_it_through_a_browser(client: httpx.Client) -> None:
    answer = client.get(f"{API}/statements", headers={"Origin": "https://other.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_everything_is_described(app: FastAPI) -> None:
    told = app.openapi()
    for path, operations in told["paths"].items():
        for operation in operations.values():
            assert operation["description"], path
            for each in operation.get("parameters", []):
                assert each.get("description"), (path, each["name"])
