"""The rooms of the project keep to themselves, and no page reaches beyond its own origin."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from geodata.i18n.language import load_language
from geodata.links.urls import Urls
from layouts import script_strings
from tests.paths import ROOT
from tests.source_code import PATHS, named, nodes, tree

ASSETS = ROOT / "assets"
OWN = [
    path
    for path in ASSETS.rglob("*")
    if path.is_file() and "vendor" not in path.parts and path.suffix != ".png"
]
SCRIPTS = [path for path in OWN if path.suffix == ".js"]
STYLES = [path for path in OWN if path.suffix == ".css"]
MODULES = [ROOT / "app.py", *PATHS]


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, at its top or within a function."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def room(name: str) -> list[Path]:
    return sorted((ROOT / name).rglob("*.py"))


# -------------------------------------------------------------------------------------------- rooms

# Plotly's own objects, for whoever asks for them; what is served is made without.
UPON_REQUEST = ("geodata/exports/plotly_figure.py", "plotly.graph_objects")


@pytest.mark.parametrize(
    ("name", "forbidden"),
    [
        ("geodata", {"app", "callbacks", "layouts", "dash", "flask", "plotly"}),
        ("layouts", {"app", "callbacks", "flask"}),
        ("callbacks", {"app", "pandas", "geopandas", "pyarrow", "numpy"}),
    ],
)
def test_a_room_imports_only_what_it_may(name, forbidden):
    paths = room(name)
    assert paths
    found = {
        (named(path), module)
        for path in paths
        for module in imports(path)
        if module.split(".")[0] in forbidden
    }
    assert found - {UPON_REQUEST} == set()


def test_a_module_says_what_it_is_for():
    assert [named(path) for path in MODULES if not ast.get_docstring(tree(path))] == []


def test_a_view_and_the_position_of_its_date_do_not_travel_apart():
    """A function of both takes :class:`geodata.figures.view.ViewAt`."""
    pairs = [
        f"{named(path)}:{node.lineno}"
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef)
        and {"View", "int"}
        <= {name_of(each) for each in node.args.args if each.arg in ("view", "t")}
    ]
    assert pairs == []


# ------------------------------------------------------------------------------------- one country

# What only Iraq has: its name and codes, and names of its governorates.
_OF_IRAQ = re.compile(r"Iraq|\bIQG?\d|\bIRQ\b|Kurdistan|Baghdad|Anbar|Ninewa|Erbil", re.I)
OF_ITS_OWN = ("geodata/bundled/", "geodata/sources/data_folder/")


def named_of_iraq(module: ast.Module) -> Iterator[int]:
    """Lines of strings that name Iraq; docstrings may, as examples."""
    docstrings = {node.value for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node not in docstrings and _OF_IRAQ.search(node.value):
                yield node.lineno


def test_only_what_is_bundled_names_a_country():
    found = [
        f"{named(path)}:{line}"
        for path in MODULES
        if not named(path).startswith(OF_ITS_OWN)
        for line in named_of_iraq(tree(path))
    ]
    assert found == []


def test_a_country_that_is_named_is_found():
    code = '"""As in Iraq."""\nHOME = "Iraq"\nif area == "IQG15":\n    pass\n'
    assert list(named_of_iraq(ast.parse(code))) == [2, 3]


def name_of(argument: ast.arg) -> str:
    """The type of an argument, as it is written."""
    return ast.unparse(argument.annotation) if argument.annotation else ""


# Private names of others for which there is no public way.
UNAVOIDABLE = {
    *("_p", "_r"),  # python-pptx: the elements of a paragraph and a run, for the way they are read
    *("_get_endpoint", "_is_retryable_error"),  # dtmapi: its address, and when it asks again
    "_typeshed",  # the types of WSGI, for annotations: there are no others
    # dash: what its MCP server offers. The public decorator describes no argument of a function,
    # and answers what it raises with the name of the class before the sentence.
    "_TOOL_PROVIDERS",
    "_Decompress",  # zlib: the type of what it decompresses with, for annotations
}
NAMED_TUPLE = {"_asdict", "_replace"}  # public, for all their underscore


def private_names(path: Path) -> set[str]:
    """Names with an underscore that are imported or asked of an object, but for a file's own."""
    own = {node.name for node in nodes(path) if isinstance(node, ast.FunctionDef)}
    return set(_foreign(path)) - own


def _foreign(path: Path) -> Iterator[str]:
    yield from private_imports(tree(path))
    for node in nodes(path):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            if ast.unparse(node.value) not in ("self", "cls"):
                yield node.attr


def private_imports(module: ast.Module) -> Iterator[str]:
    """Names with an underscore that are imported, also those of modules on the way."""
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom):
            names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [part for alias in node.names for part in alias.name.split(".")]
        else:
            continue
        yield from (name for name in names if name.startswith("_"))


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("from flask_compress import _choose_algorithm", "_choose_algorithm"),
        ("from numpy._core import multiarray", "_core"),
        ("import numpy._core.multiarray as arrays", "_core"),
    ],
)
def test_a_private_import_is_found(code, name):
    assert list(private_imports(ast.parse(code))) == [name]


def test_no_private_name_of_another_module_or_library_is_used():
    used = {
        named(path): {name for name in private_names(path) if not name.endswith("__")}
        - UNAVOIDABLE
        - NAMED_TUPLE
        for path in MODULES
    }
    assert {name: those for name, those in used.items() if those} == {}


def test_methods_of_dash_are_not_replaced(app):
    assert [name for name in vars(app) if callable(getattr(type(app), name, None))] == []


def test_callbacks_register_themselves_on_an_application():
    """A module-level ``@callback`` would belong to the first application of the process."""
    for path in MODULES:
        names = {
            alias.name
            for node in nodes(path)
            if isinstance(node, ast.ImportFrom) and node.module == "dash"
            for alias in node.names
        }
        assert not names & {"callback", "clientside_callback"}, named(path)


def literals(path: Path) -> list[str]:
    """The texts in a module's code, docstrings left out; a script as a whole, without comments."""
    if path.suffix != ".py":
        return [without_comments(path.read_text("utf-8"))]
    every = nodes(path)
    documented = ast.Module | ast.FunctionDef | ast.ClassDef
    said = {ast.get_docstring(node, clean=False) for node in every if isinstance(node, documented)}
    texts = [node.value for node in every if isinstance(node, ast.Constant)]
    return [text for text in texts if isinstance(text, str) and text not in said]


def test_addresses_are_built_in_one_place():
    for path in [*MODULES, *SCRIPTS]:
        if named(path) != "geodata/links/urls.py":
            found = [text for text in literals(path) if re.search(r"api/v1|/healthz", text)]
            assert found == [], named(path)


def sets_cache_control(path: Path) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.attr == "cache_control" for node in nodes(path)
    ) or "Cache-Control" in literals(path)


def test_how_long_an_answer_may_be_stored_is_said_in_one_place():
    """``host_rules`` writes the same policies for servers of a published folder."""
    assert {named(path) for path in PATHS if sets_cache_control(path)} == {
        "callbacks/commands/host_rules.py",
        "callbacks/serving/responses.py",
    }


def test_every_address_is_below_the_place_where_the_application_is_mounted():
    below = Urls("/displacement/")
    built = [
        *(below.page(), below.page("pop=idp"), below.sources(), below.sources("iom-dtm")),
        *(below.built("page.css", "0" * 12), below.view(), below.view("level=2"), below.areas(1)),
        *(below.area("IQG15"), below.area("IQG15", "pop=idp"), below.meta()),
        *(below.health(), below.ready()),
    ]
    assert len(set(built)) == len(built)
    assert all(url.startswith("/displacement/") for url in built)


# ------------------------------------------------------------------------------------------- assets


def without_comments(code: str) -> str:
    """JavaScript or CSS without comments: a comment may say where more can be read."""
    code = re.sub(r"/\*.*?\*/", "", code, flags=re.S)
    return re.sub(r"(?<!:)//.*", "", code)


def test_comments_are_told_from_addresses():
    code = "a = 'https://x.org/y'; // see https://z.org\n/* http://z.org */ b = 1"
    assert without_comments(code) == "a = 'https://x.org/y'; \n b = 1"


@pytest.mark.parametrize("path", OWN, ids=named)
def test_no_asset_names_an_address_beyond_the_origin(path):
    """But for the names of XML namespaces, which are not loaded."""
    text = without_comments(path.read_text("utf-8"))
    namespaces = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert set(re.findall(r"(?:https?:)?//[\w.-]+[^\s'\"`)>]*", text)) <= namespaces


@pytest.mark.parametrize("path", SCRIPTS, ids=named)
def test_no_script_turns_text_into_markup_or_code(path):
    text = without_comments(path.read_text("utf-8"))
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert word not in text
    assert not re.search(r"new Function|document\.cookie|sessionStorage", text)


def test_only_the_choice_of_shortcuts_is_kept_by_the_browser():
    kept = [path for path in SCRIPTS if "localStorage" in without_comments(path.read_text("utf-8"))]
    assert [path.name for path in kept] == ["shortcuts.js"]


@pytest.fixture(scope="module")
def known_ids(app) -> set[str]:
    """Ids of the pages, of Dash's layout, and those that scripts give."""
    client = app.server.test_client()
    pages = (
        "/",
        "/?area=IQG01&prog=PHSS",
        "/embed?area=IQG01",
        "/share",
        "/briefing",
        "/briefing/edit",
    )
    page = "".join(client.get(path).get_data(as_text=True) for path in pages)
    layout = client.get("/_dash-layout").get_data(as_text=True)
    scripts = "".join(path.read_text("utf-8") for path in SCRIPTS)
    return {
        *re.findall(r'\bid="([^"]+)"', page),
        *re.findall(r'"id":"([^"]+)"', layout),
        *re.findall(r"\.id = '([^']+)'", scripts),
        *re.findall(r"pattern\('([^']+)'", scripts),
    }


def test_every_id_that_scripts_look_for_is_on_the_page(known_ids):
    looked_for = set()
    for path in SCRIPTS:
        text = without_comments(path.read_text("utf-8"))
        looked_for |= set(re.findall(r"(?:byId|getElementById)\(\s*'([^']+)'", text))
        looked_for |= set(re.findall(r"url\(#([\w-]+)\)", text))
        for start in re.findall(r"(?:byId|getElementById)\(\s*`([^$`]+)\$\{", text):
            assert any(each.startswith(start) for each in known_ids), start
    assert len(looked_for) > 20
    assert looked_for - known_ids == set()


def test_every_id_that_styles_name_is_on_the_page(known_ids):
    text = "".join(without_comments(path.read_text("utf-8")) for path in STYLES)
    selectors = " ".join(re.findall(r"([^{}]+)\{", text))
    made_by_scripts = re.compile(r"^(?:timeline-|_dash|js-plotly)")
    named_ids = {each for each in re.findall(r"#([A-Za-z][\w-]*)", selectors)}
    assert {each for each in named_ids - known_ids if not made_by_scripts.match(each)} == set()


def test_every_word_that_scripts_ask_for_is_handed_to_them():
    english = load_language("en")
    handed = {
        *script_strings.page(english),
        *script_strings.timeline(english),
        *script_strings.briefing(english),
    }
    asked = set()
    for path in SCRIPTS:
        asked |= set(re.findall(r"\bstrings\.(\w+)", without_comments(path.read_text("utf-8"))))
    assert len(asked) > 50
    assert asked - handed == set()


def test_no_word_is_handed_over_that_no_script_asks_for():
    english = load_language("en")
    text = "".join(without_comments(path.read_text("utf-8")) for path in SCRIPTS)
    idle = {
        word
        for word in {
            *script_strings.page(english),
            *script_strings.timeline(english),
            *script_strings.briefing(english),
        }
        if not re.search(rf"\b{word}\b", text)
    }
    # Statuses of coverage are looked up by the source's own word.
    assert idle - {"implemented", "planned", "preparatory"} == set()


@pytest.mark.parametrize("path", STYLES, ids=named)
def test_styles_know_start_and_end_not_left_and_right(path):
    """So that right-to-left needs no other style sheet."""
    text = without_comments(path.read_text("utf-8"))
    physical = (
        r"(?:margin|padding|border|inset)-(?:left|right)\b|(?:text-align|float): ?(?:left|right)"
    )
    assert re.findall(physical, text) == []


@pytest.mark.parametrize("path", OWN, ids=named)
def test_every_asset_is_text_in_utf_8_that_ends_in_a_newline(path):
    assert path.read_bytes().decode().endswith(("\n", ">"))
