"""Assistants ask by the Model Context Protocol, and are answered with the API's figures alone."""

from __future__ import annotations

import asyncio
import http.client
import json
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from mcp import Client, MCPError

from callbacks import assistant
from callbacks.serving.security import MOST_SENT_BYTES
from geodata.i18n.language import languages, load_language

QUESTIONS = ["list_choices", "list_places", "get_view", "get_timeline", "get_area", "compare"]
MARK = "zq7"  # in every value that is sent wrongly, and in no sentence


@pytest.fixture(scope="module")
def assisted(client_of: Callable[..., FlaskClient]) -> FlaskClient:
    return client_of(mcp=True)


def sent(client: FlaskClient, method: str, **params: Any) -> Any:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return client.post("/_mcp", json=body)


def ask(client: FlaskClient, name: str, **arguments: Any) -> Any:
    """Structure of an answer, or of the sentence that refuses one."""
    answer = sent(client, "tools/call", name=name, arguments=arguments)
    assert answer.status_code == 200
    return answer.json["result"]["structuredContent"]


# ---- with the official client


async def asked(url: str, calls: dict[str, tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """What a client learns of a server, and the result, or the error, of each call."""
    async with Client(url) as client:
        results: dict[str, Any] = {
            "server": client.server_info,
            "instructions": client.instructions,
            "tools": (await client.list_tools()).tools,
        }
        for name, (question, arguments) in calls.items():
            try:
                results[name] = await client.call_tool(question, arguments)
            except MCPError as error:
                results[name] = error
        return results


CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "choices": ("list_choices", {}),
    "place": ("list_places", {"name": "north alfa"}),
    "view": ("get_view", {"level": 2, "time": "2020-01-31"}),
    "absent": ("get_view", {"level": 2, "time": "R12"}),
    "timeline": ("get_timeline", {"area": "XXG02Q01"}),
    "area": ("get_area", {"area": "XXG01"}),
    "compare": ("compare", {"base": "R12", "time": "R13", "level": 2}),
    "wrong": ("get_view", {"pop": "returnees"}),
    "no such date": ("get_view", {"time": "2020-02-01", "lang": "ar"}),
    "oversized": ("list_places", {"name": MARK * MOST_SENT_BYTES}),
    "layout": ("get_dash_component", {"component_id": "map"}),
}


def test_the_official_client_is_answered_with_the_figures_of_the_api(
    serving_with: Callable[..., str], examplia_folder: Path
):
    """One conversation, of which each function below looks at a part."""
    origin = serving_with(DISPLACEMENT_SNAPSHOT=str(examplia_folder), DISPLACEMENT_MCP="1")
    with ThreadPoolExecutor(1) as apart:  # in this thread a browser's loop may be running
        results = apart.submit(asyncio.run, asked(f"{origin}/_mcp", CALLS)).result()
    answers = {
        name: result.structured_content
        for name, result in results.items()
        if name in CALLS and not isinstance(result, MCPError)
    }

    def api(path: str) -> Any:
        with urllib.request.urlopen(f"{origin}/api/v1/{path}") as response:
            return json.load(response)

    questions_are_described(results)
    choices_are_those_of_the_snapshot(answers, api("meta.json"))
    views_have_the_figures(answers, api("view.json?level=2"))
    links_lead_to_the_map(answers, origin)
    areas_have_the_figures(answers, api("area/XXG01.json"))
    what_is_wrong_is_told(results)
    a_connection_outlives_what_is_too_large(origin)


def questions_are_described(results: dict[str, Any]) -> None:
    assert results["server"].name == "Examplia displacement map"
    assert "not zero" in results["instructions"]
    assert [tool.name for tool in results["tools"]] == QUESTIONS
    for tool in results["tools"]:
        assert tool.annotations.read_only_hint
        assert all(field["description"] for field in tool.input_schema["properties"].values())


def choices_are_those_of_the_snapshot(answers: dict[str, Any], meta: dict[str, Any]) -> None:
    people = answers["choices"]["populations"]
    assert [each["code"] for each in people] == [each["code"] for each in meta["populations"]]
    assert people[0]["dates"] == {"of": 4, "first": "2020-01-31", "newest": "2021-07-31"}
    assert answers["choices"]["programmes"]["rows"] == meta["programmes"]
    assert answers["place"]["candidates"]["rows"][0]["pcode"] == "XXG01Q01"
    assert "North Alpha" in answers["place"]["sentence"]


def views_have_the_figures(answers: dict[str, Any], view: dict[str, Any]) -> None:
    labels = view["text"]["statuses"]
    for name, t in (("view", 0), ("absent", 1)):
        cells = zip(view["areas"], view["values"][t], view["status"][t], strict=True)
        expected = {area["pcode"]: (value, labels[letter]) for area, value, letter in cells}
        rows = answers[name]["areas"]["rows"]
        assert {row["pcode"]: (row["value"], row["status"]) for row in rows} == expected
        assert answers[name]["total"]["value"] == view["totals"][t]
        assert answers[name]["headline"] == view["text"]["headline"][t]
        assert answers[name]["sources"] == view["sources"]
    shown = {row["pcode"]: row for row in answers["view"]["areas"]["rows"]}
    assert shown["XXG01Q02"]["value"] is None  # 3 households
    assert shown["XXG01Q02"]["status"] == "Suppressed (too few)"
    assert (shown["XXG02Q01"]["value"], shown["XXG02Q01"]["status"]) == (0, "None")
    difference = {row["pcode"]: row["difference"] for row in answers["compare"]["areas"]["rows"]}
    assert difference["XXG01Q01"] == {"value": 60, "text": "+60"}
    assert difference["XXG02Q01"] == {"value": None, "text": "Not comparable"}


def links_lead_to_the_map(answers: dict[str, Any], origin: str) -> None:
    assert answers["view"]["links"]["map"] == f"{origin}/?level=2&time=2020-01-31"
    assert "v=" in answers["view"]["links"]["frozen"]
    assert answers["compare"]["links"]["comparison"].startswith(f"{origin}/compare?")


def areas_have_the_figures(answers: dict[str, Any], panel: dict[str, Any]) -> None:
    rows = answers["timeline"]["dates"]["rows"]
    assert [(row["date"], row["value"], row["status"]) for row in rows] == [
        ("2021-07-31", 72, "Counted"),
        ("2021-01-31", 60, "Counted"),
        ("2020-07-31", None, "Not assessed"),
        ("2020-01-31", 0, "None"),
    ]
    assert answers["area"]["area"] == panel["area"]
    newest = {each["population"]: each for each in answers["area"]["newestOfPopulations"]}
    for trend in panel["trend"]:
        people = dict(zip(trend["dates"], trend["people"], strict=True))
        assert newest[trend["population"]]["people"] == people["2021-01-31"] is not None
    assert panel["trend"][0]["people"][-1] is None  # of 2021-07-31, which is not the newest


def what_is_wrong_is_told(results: dict[str, Any]) -> None:
    assert results["wrong"].is_error and "Did you mean returnee?" in text_of(results["wrong"])
    sentence = text_of(results["no such date"])
    assert results["no such date"].is_error and "2020-01-31" in sentence
    assert not sentence.isascii()
    assert "too large" in str(results["oversized"]) and MARK not in str(results["oversized"])
    assert "name may be list_choices" in str(results["layout"])


def a_connection_outlives_what_is_too_large(origin: str) -> None:
    """Gunicorn says that it keeps one of which much was not read, and then closes it."""
    connection = http.client.HTTPConnection(origin.removeprefix("http://"))
    for body, status in (
        ("0" * 200_000, 413),
        ('{"jsonrpc": "2.0", "id": 1, "method": "ping"}', 200),
    ):
        connection.request("POST", "/_mcp", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert (answer.status, bool(answer.read())) == (status, True)
    connection.close()


def text_of(result: Any) -> str:
    return str(result.content[0].text)


# ---- the address


def test_nothing_is_there_unless_it_is_switched_on(client):
    assert client.get("/_mcp").status_code == 404
    assert sent(client, "tools/list").status_code == client.post("/no-such-page").status_code


def test_the_address_is_as_every_other_one(assisted):
    answer = sent(assisted, "tools/list")
    page = assisted.get("/no-such-page")
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options"):
        assert answer.headers[name] == page.headers[name]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    for method in ("get", "delete"):
        refusal = getattr(assisted, method)("/_mcp")
        assert (refusal.status_code, refusal.headers["Allow"]) == (405, "POST")


def test_a_session_is_neither_given_nor_read(assisted):
    """A client that kept one over a restart would be sent three messages at once by Dash."""
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    answer = assisted.post("/_mcp", json=body, headers={"Mcp-Session-Id": "of another server"})
    assert [tool["name"] for tool in answer.json["result"]["tools"]] == QUESTIONS
    assert "Mcp-Session-Id" not in answer.headers


@pytest.mark.parametrize(
    "method",
    ["resources/list", "resources/read", "resources/templates/list", "tasks/get", "tasks/cancel"]
    + ["prompts/list", MARK],
)
def test_what_else_dash_offers_is_refused(assisted, method):
    answer = sent(assisted, method, uri="dash://layout", taskId="x").json
    assert answer["error"]["code"] == -32601
    assert MARK not in json.dumps(answer)


def test_a_ping_and_a_notification_are_answered(assisted):
    assert sent(assisted, "ping").json["result"] == {}
    note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert assisted.post("/_mcp", json=note).status_code == 202


NO_REQUEST: dict[str, tuple[Any, int]] = {
    "nothing": ("", 400),
    "no JSON": (f"{{{MARK}", 400),
    "a list": ([{"jsonrpc": "2.0", "id": 1, "method": "ping"}], 400),
    "no version": ({"id": 1, "method": "ping"}, 400),
    "no method": ({"jsonrpc": "2.0", "id": 1}, 400),
    "no id": ({"jsonrpc": "2.0", "method": "tools/list"}, 400),
    "an id that is true": ({"jsonrpc": "2.0", "id": True, "method": "ping"}, 400),
    "half a letter": ('{"jsonrpc": "2.0", "id": "\\ud800", "method": "ping"}', 400),
    "a number without end": ('{"jsonrpc": "2.0", "id": 1, "method": "ping", "x": 1e999}', 400),
    "parameters that are a list": (
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": [MARK]},
        400,
    ),
    "no name": ({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {}}, 400),
    "too deep": ("[" * 30_000 + "]" * 30_000, 400),
    "too much": (f'"{MARK * MOST_SENT_BYTES}"', 413),
}


@pytest.mark.parametrize("case", NO_REQUEST)
def test_what_is_no_request_is_refused_with_a_sentence(assisted, case):
    body, status = NO_REQUEST[case]
    data = body if isinstance(body, str) else json.dumps(body)
    answer = assisted.post("/_mcp", data=data, content_type="application/json")
    assert answer.status_code == status
    assert answer.json["error"]["message"].endswith(".")
    assert MARK not in answer.get_data(as_text=True)


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(), values, max_size=3),
    max_leaves=8,
)
_KEYS = st.sampled_from(["lang", "pop", "level", "area", "time", "limit", "name", "with", "v", "x"])


@settings(max_examples=50)
@given(st.sampled_from(QUESTIONS), st.dictionaries(_KEYS, _ANY, max_size=2) | _ANY)
def test_whatever_is_asked_there_is_an_answer_or_a_sentence(assisted, name, arguments):
    answer = sent(assisted, "tools/call", name=name, arguments=arguments)
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert "on the server" not in answer.get_data(as_text=True)  # nothing failed
        assert "internal" not in json.dumps(answer.json.get("error", ""))


# ---- what is answered


@pytest.mark.parametrize("lang", languages())
def test_a_refusal_is_in_the_language_that_is_asked_for(assisted, lang):
    language = load_language(lang)
    cases = {
        "argument": ask(assisted, "get_view", lang=lang, popp="idp"),
        "area": ask(assisted, "get_area", lang=lang),
        "level": ask(assisted, "get_timeline", lang=lang, area="IQG15", level=2),
        "pop": ask(assisted, "get_view", lang=lang, pop=["idp"]),
        "limit": ask(assisted, "get_view", lang=lang, limit=101),
        "with": ask(assisted, "compare", lang=lang, **{"with": "idp"}),
    }
    for key, answer in cases.items():
        assert answer["error"]["key"] == key
        assert language.rtl != answer["error"]["sentence"].isascii() or not language.rtl
    assert "pop" in cases["argument"]["error"]["sentence"]


def test_lists_are_cut_and_say_how_the_rest_is_asked_for(assisted):
    first = ask(assisted, "get_view", level=2, limit=2)["areas"]
    assert (first["of"], len(first["rows"])) == (101, 2)
    assert "2 of 101" in first["more"] and "offset=0" in first["more"]
    rest = ask(assisted, "get_view", level=2, limit=100, offset=2)["areas"]
    assert len(rest["rows"]) == 99 and rest["rows"][0] not in first["rows"]
    assert "more" not in ask(assisted, "get_view", limit=100)["areas"]


def test_an_answer_that_is_too_long_says_how_to_ask_for_less(assisted, monkeypatch):
    assert len(json.dumps(ask(assisted, "compare", level=2, limit=100))) < assistant.MOST_BYTES
    monkeypatch.setattr(assistant, "MOST_BYTES", 1000)
    assert "limit" in ask(assisted, "compare", level=2)["error"]["sentence"]


def test_a_failure_is_written_down_and_told_without_its_reason(assisted, monkeypatch, caplog):
    def fail(*_: Any) -> None:
        raise ZeroDivisionError(MARK)

    monkeypatch.setattr(assistant.GetView, "answer", fail)
    answer = ask(assisted, "get_view", area="IQG15")
    assert answer["error"]["sentence"].endswith("on the server.")
    assert MARK in caplog.text and MARK not in json.dumps(answer)


def test_an_area_is_answered_on_its_own_level(assisted):
    district = ask(assisted, "get_area", area="IQG15Q01")
    assert (district["state"]["level"], district["figure"]["status"]) == (2, "Counted")
    within = ask(assisted, "get_view", area="IQG15", level=2)["areas"]["rows"]
    assert {row["parent"] for row in within} == {"IQG15"}


def test_a_breakdown_is_of_the_nearest_date_in_whichever_unit_it_has(assisted):
    """Households until 2021 and people from 2024 on are two tables of one kind."""
    tables = {
        time: ask(assisted, "get_area", area="IQG15", time=time)["breakdowns"]
        for time in ("2016-03-31", "2024-12-31")
    }
    for each in tables.values():
        assert [row["kind"] for row in each] == ["origin", "destination", "shelter", "period"]
    assert {(row["unit"], row["date"]) for row in tables["2016-03-31"]} == {
        ("households", "2016-03-31")
    }
    origin, _, shelter, _ = tables["2024-12-31"]
    assert (origin["unit"], origin["date"], origin["hidden"]) == ("people", "2024-12-31", 2)
    assert (shelter["unit"], shelter["date"]) == ("households", "2021-02-28")
