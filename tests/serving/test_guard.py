"""What is sent to Dash's callbacks is read before Dash reads it: no 500, nothing repeated."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dash import ALL, Dash, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from callbacks import guard
from callbacks.serving.security import MOST_SENT_BYTES
from geodata.errors import NotAvailable, StateError

PATH = "/_dash-update-component"
MARK = "zq7"  # in every value that is sent wrongly, and in no sentence


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    app = Dash(__name__)
    app.layout = html.Div(
        [html.P(id="said"), dcc.Input(id="area"), dcc.Store(id="address"), html.P(id="other")]
        + [html.P(id={"type": "row", "index": 1})]
    )

    @app.callback(
        Output("said", "children"),
        Output("said", "hidden"),
        Input("area", "value"),
        State("address", "data"),
    )
    def say(area: Any, query: Any) -> Any:
        errors = {"none": StateError("area", MARK, MARK), "gone": NotAvailable("v", MARK, MARK)}
        if area in errors:
            raise errors[area]
        return area.upper(), 1 / len(query) > 2

    @app.callback(Output("other", "children"), Input({"type": "row", "index": ALL}, "title"))
    def rows(titles: list[str]) -> Any:
        if not titles:
            raise PreventUpdate
        return len(titles)

    app.clientside_callback("() => 1", Output("other", "hidden"), Input("area", "value"))
    guard.register(app)
    app.server.config["MAX_CONTENT_LENGTH"] = MOST_SENT_BYTES
    return app.server.test_client()


CALL: dict[str, Any] = {
    "output": "..said.children...said.hidden..",
    "outputs": [{"id": "said", "property": "children"}, {"id": "said", "property": "hidden"}],
    "inputs": [{"id": "area", "property": "value", "value": "a"}],
    "changedPropIds": ["area.value"],
    "state": [{"id": "address", "property": "data", "value": "pop=idp"}],
}
ROWS: dict[str, Any] = {
    "output": "other.children",
    "outputs": {"id": "other", "property": "children"},
    "inputs": [[{"id": {"type": "row", "index": 1}, "property": "title", "value": "a"}]],
    "changedPropIds": [],
}


def area(value: Any) -> dict[str, Any]:
    return CALL | {"inputs": [{"id": "area", "property": "value", "value": value}]}


def row(**id_: Any) -> dict[str, Any]:
    return ROWS | {"inputs": [[{"id": id_, "property": "title", "value": MARK}]]}


def sent(client: FlaskClient, body: Any, mimetype: str = "application/json") -> Any:
    data = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return client.post(PATH, data=data, content_type=mimetype)


def test_a_call_is_answered(client):
    assert sent(client, CALL).json["response"] == {"said": {"children": "A", "hidden": False}}
    assert sent(client, ROWS).json["response"] == {"other": {"children": 1}}
    assert sent(client, ROWS | {"inputs": [[]]}).status_code == 204


REFUSED: dict[str, tuple[Any, ...]] = {
    "nothing": ("", 400),
    "no JSON": (f"{{{MARK}", 400),
    "not as JSON": (json.dumps(CALL), 400, "text/plain"),
    "a list": ([MARK], 400),
    "null": ("null", 400),
    "NaN": ('{"output": NaN}', 400),
    "no output": ({}, 400),
    "an output that is no text": (CALL | {"output": {MARK: 1}}, 400),
    "an output that there is not": (CALL | {"output": f"{MARK}.here"}, 404),
    "one that the browser computes": (CALL | {"output": "other.hidden"}, 404),
    "no inputs": (CALL | {"inputs": []}, 400),
    "inputs as text": (CALL | {"inputs": MARK}, 400),
    "inputs of text": (CALL | {"inputs": [MARK]}, 400),
    "another input": (CALL | {"inputs": [{"id": MARK, "property": "value"}]}, 400),
    "another property": (CALL | {"inputs": [{"id": "area", "property": MARK}]}, 400),
    "an id that is a list": (CALL | {"inputs": [{"id": [MARK], "property": "value"}]}, 400),
    "several of one": (CALL | {"inputs": [CALL["inputs"]]}, 400),
    "no state": ({key: value for key, value in CALL.items() if key != "state"}, 400),
    "no outputs": ({key: value for key, value in CALL.items() if key != "outputs"}, 400),
    "other outputs": (CALL | {"outputs": [{"id": MARK, "property": "x"}] * 2}, 400),
    "triggers that are no list": (CALL | {"changedPropIds": {MARK: 1}}, 400),
    "triggers that are no text": (CALL | {"changedPropIds": [[MARK]]}, 400),
    "an id of another pattern": (row(type=MARK, index=1), 400),
    "an id with more keys": (row(type="row", index=1, more=MARK), 400),
    "an id of lists": (row(type="row", index=[MARK]), 400),
    "an argument of another type": (area({MARK: [1]}), 400),
    "a function that fails": (CALL | {"state": [CALL["state"][0] | {"value": ""}]}, 400),
    "a view that there is not": (area("none"), 400),
    "a snapshot that is not held": (area("gone"), 404),
    "too much": (area(MARK * MOST_SENT_BYTES), 413),
    "zeros without end": ("0" * 20_000_000, 413),
    "too deep": ("[" * 30_000 + "]" * 30_000, 400),
    "far too deep": ("[" * 100_000, 413),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_call_is_refused_with_a_sentence(client, case):
    body, status, *mimetype = REFUSED[case]
    response = sent(client, body, *mimetype)
    assert response.status_code == status
    assert response.json["error"]["sentence"].endswith(".")
    assert MARK not in response.get_data(as_text=True)
    assert response.headers["Cache-Control"] == "no-store"


def test_the_sentence_is_in_the_language_of_the_page(client):
    page = {"Referer": "http://localhost/?lang=ar"}
    arabic = client.post(PATH, data="", headers=page).json["error"]["sentence"]
    english = client.post(PATH, data="").json["error"]["sentence"]
    assert arabic != english and not arabic.isascii()


_TEXT = st.text(max_size=20).map(lambda text: text + MARK)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT,
    lambda values: st.lists(values, max_size=4) | st.dictionaries(_TEXT, values, max_size=4),
    max_leaves=12,
)
_PARTS = ("id", "property", "value")


@given(st.data())
def test_whatever_is_sent_there_is_no_500(client, data):
    """A call of which any one part is anything at all; or anything at all."""
    body = json.loads(json.dumps(data.draw(st.sampled_from([CALL, ROWS]))))
    place = data.draw(st.sampled_from(["body", *body, *_PARTS]))
    if place == "body":
        body = data.draw(_JSON)
    elif place in body:
        body[place] = data.draw(_JSON)
    else:
        inputs = body["inputs"][0]
        (inputs[0] if isinstance(inputs, list) else inputs)[place] = data.draw(_JSON)
    response = sent(client, body)
    assert response.status_code in (200, 204, 400, 404)
    if response.status_code >= 400:
        assert MARK not in response.get_data(as_text=True)
