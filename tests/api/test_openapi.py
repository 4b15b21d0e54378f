"""The description of the API is valid, and nothing is answered that it does not have."""

from __future__ import annotations

import schemathesis
from dash import Dash
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from geodata.exports.formats import FILES
from geodata.figures.state import KEYS

ADDRESS = "/api/v1/openapi.json"
CHECKS = [
    *(not_a_server_error, status_code_conformance),
    *(content_type_conformance, response_schema_conformance),
]
# The other files are described by the same function, and take longer.
QUICK = r"^/api/v1/(view|area|meta)|metadata\.json"


def test_the_description_is_valid_and_has_every_key_and_file(client: FlaskClient) -> None:
    described = client.get(ADDRESS).get_json()
    validate(described)
    parameters = described["components"]["parameters"]
    assert set(KEYS) <= set(parameters)
    assert {f"/{name}" for name in FILES} <= set(described["paths"])
    routes = {
        rule.rule.replace("<", "{").replace(">", "}")
        for rule in client.application.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
    }
    assert routes <= set(described["paths"])
    assert (
        f'rel="service-desc" type="application/json" href="{ADDRESS}"'
        in client.get("/sources").text
    )


def test_what_a_key_may_be_is_what_is_read(client: FlaskClient) -> None:
    """Each value of a list is taken by its own key, or refused for what another one chooses."""
    parameters = client.get(ADDRESS).get_json()["components"]["parameters"]
    for name in ("pop", "mode", "classes", "lang", "digits", "prog_when"):
        for value in parameters[name]["schema"]["enum"]:
            assert client.get("/metadata.json", query_string={name: value}).status_code == 200
        wrong = client.get("/metadata.json", query_string={name: "no such value"})
        assert wrong.get_json()["error"]["key"] == name


def test_no_answer_is_outside_the_description(app: Dash) -> None:
    described = schemathesis.openapi.from_wsgi(ADDRESS, app.server)
    for result in described.include(path_regex=QUICK).get_all_operations():
        operation = result.ok()  # type: ignore[union-attr] # valid, as is tested above
        for mode in schemathesis.GenerationMode:
            cases = operation.as_strategy(generation_mode=mode)

            @settings(max_examples=4, derandomize=True, deadline=None, database=None,
                      phases=[Phase.generate], suppress_health_check=list(HealthCheck))  # fmt: skip
            @given(cases)
            def answers(case: schemathesis.Case) -> None:
                case.call_and_validate(checks=CHECKS, headers={"Accept-Encoding": "identity"})

            answers()
