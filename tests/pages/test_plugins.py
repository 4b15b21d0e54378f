"""The map page is extended by one file, or a package with Dash's hooks (docs/extending.md)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from playwright.sync_api import Browser, expect

from callbacks import plugin_files
from geodata.errors import PluginError
from geodata.snapshots.snapshot import Snapshot
from geodata.text.area_labels import area_labels
from tests.documents import Document
from tests.paths import ROOT
from tests.servers import free_port, wait_for
from tests.views import viewed
from tests.windows import LIVE, SHIFTS, TAKEN_OVER, Watched, held_back

FOLDER = ROOT / "docs" / "extending"
EXAMPLES = "docs/extending/largest.py, docs/extending/moments.py"
BARS = "(n) => document.querySelectorAll('#largest .bars .point').length === n"
FILLS = "[...document.querySelectorAll('path[data-pcode]')].map((each) => each.style.fill)"


# ---------------------------------------------------------------------------------- at the start

PANEL = """from dash import html
def layout(view, query):
    {}
"""
BAD: dict[str, tuple[str, str, str]] = {
    "is not Python": ("def layout(:", "is no valid Python: .*, line 1", "that Python can read"),
    "imports nothing that is there": (
        "import nowhere",
        "No module named 'nowhere', line 1",
        "instal",
    ),
    "has no layout": ("x = 1", "has no function layout", r"layout\(view, query\)"),
    "is for no place": (f"PLACE = 'top'\n{PANEL}", "PLACE = 'top'", '"side" or "filters"'),
    "returns text": (PANEL.format("return 'text'"), "returned str", r"layout\(view, query\)"),
    "fails": (
        PANEL.format("return 1 / 0"),
        "ZeroDivisionError.*, line 3",
        r"layout\(view, query\)",
    ),
    "cannot be written": (PANEL.format("return html.P(object())"), "TypeError", "layout"),
    "takes an id of the page": (
        PANEL.format("return html.P(id='map-stage')"),
        "'map-stage', which the page itself has",
        "own-map-stage",
    ),
    "fails to register": (
        PANEL.format("return html.P()") + "def register(app):\n    app.nothing()",
        r"register\(app\): AttributeError: .*, line 5",
        "@app.callback",
    ),
}


@pytest.fixture
def started(app: Dash, snapshot: Snapshot) -> Callable[..., None]:
    """Start a page with plugins, as the application does, on the components of the product's."""

    def start(*files: Path | str) -> None:
        plugins = plugin_files.load(",".join(map(str, files)))
        view = viewed(snapshot).on_its_date()
        plugin_files.attach(Dash(__name__), plugins, lambda: deepcopy(app.layout), view)

    return start


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_stops_the_start_with_a_sentence_that_names_it(started, tmp_path, case):
    code, wrong, expected = BAD[case]
    file = tmp_path / "own.py"
    file.write_text(code, "utf-8")
    sentence = rf"(?s){re.escape(str(file))}.*{wrong}.*Expected: .*{expected}"
    with pytest.raises(PluginError, match=sentence):
        started(file)


def test_a_file_that_is_not_there_is_named(started):
    with pytest.raises(PluginError, match=f"{re.escape(str(ROOT))}/nowhere.py is no file.*app.py"):
        started("nowhere.py")


def test_two_files_cannot_have_the_same_id(started, tmp_path):
    files = [tmp_path / name for name in ("one.py", "two.py")]
    for file in files:
        file.write_text(PANEL.format("return html.P(id='same')"), "utf-8")
    sentence = "two.py gives the id 'same', which the plugin .*one.py has"
    with pytest.raises(PluginError, match=sentence):
        started(*files)


def test_the_sentence_is_what_the_terminal_says():
    command = [sys.executable, "-c", "import app"]
    variables = {"PATH": "", "DISPLACEMENT_PLUGINS": "nowhere.py"}
    run = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True)
    assert run.returncode and run.stderr.startswith("The map cannot start: the plugin /")
    assert len(run.stderr.splitlines()) == 1


# ---------------------------------------------------------------------------------- on the page


def test_examples_are_files_of_thirty_lines():
    document = (ROOT / "docs" / "extending.md").read_text("utf-8")
    for path in FOLDER.glob("*.py"):
        code = path.read_text("utf-8")
        assert len(code.splitlines()) <= 30, path.name
        assert f"```python\n{code}```" in document, path.name


@pytest.fixture(scope="module")
def extended(client_of) -> Any:
    return client_of(plugins=EXAMPLES)


def read(client: Any, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return str(response.get_data(as_text=True))


def test_a_panel_is_there_without_scripts_and_follows_state_date_and_language(extended):
    for query, title, first in [
        ("", "Largest", "Ninewa"),
        ("time=2016-10-13", "Largest", "Anbar"),
        ("pop=returnee&level=2", "Largest", "Al-Mosul"),
        ("lang=ar", "الأكبر", "نينوى"),
        ("lang=ckb&largest-number=10", "گەورەترین", "نەینەوا"),
    ]:
        page = read(extended, f"/?{query}")
        panel = page.partition(f">{title}</label>")[2].partition("</section>")[0]
        rows = re.findall(r'<th scope="row">(.*?)</th>', panel)
        assert (len(rows), rows[0]) == (10 if "number" in query else 5, first), query


def test_a_control_is_sent_with_the_form_of_the_page(extended):
    page = Document(read(extended, "/?time=2017-05-15"))
    (select,) = page.all("select", id="largest-number")
    assert (select["name"], select["form"]) == ("largest-number", "filters")
    assert [button["value"] for button in page.all("button", name="time")] == [
        "2014-06-10",
        "2016-10-17",
    ]
    # What the form has kept comes first, the button that was pressed last.
    moved = read(extended, "/?time=2017-05-15&time=2016-10-13")
    assert "13 October 2016" in moved


def test_a_page_without_plugins_has_nothing_of_them(client):
    assert "libraries" not in read(client, "/")
    assert client.get("/built/plugins.000000000000.js").get_data() == b""


FAILS_LATER = """from dash import Input, Output, html
def layout(view, query):
    return html.P(1 / (view.state.pop == "idp"), id="own")
def register(app):
    @app.callback(Output("own", "children"), Input("timeline", "date"), prevent_initial_call=True)
    def fail(date):
        raise RuntimeError
"""


def test_a_panel_that_fails_on_a_view_leaves_the_page(client_of, tmp_path, caplog):
    file = tmp_path / "own.py"
    file.write_text(FAILS_LATER, "utf-8")
    client = client_of(plugins=str(file))
    assert 'id="own"' in read(client, "/")
    page = read(client, "/?pop=returnee")
    assert 'id="own"' not in page
    assert "The panel “own” could not be shown" in page and "Where people have returned" in page
    assert str(file) in caplog.text and "ZeroDivisionError" in caplog.text
    assert "«own»" in read(client, "/?pop=returnee&lang=ar")


@pytest.mark.browser
def test_examples_work_as_documented(
    serving_with: Callable[..., str], watched: Callable[..., Watched], browser: Browser
):
    site = serving_with(DISPLACEMENT_PLUGINS=EXAMPLES)
    window = watched(1440, 960)
    page = window.page
    page.add_init_script(f"({SHIFTS})()")
    page.goto(f"{site}/?lang=ar")
    page.wait_for_function(BARS, arg=5)
    sent = [url for url in window.requests if "_dash-update-component" in url]
    assert sent == [], "nothing has changed yet"
    assert sum(page.evaluate("() => window.shifts")) == 0
    page.locator("#largest-number").click()
    page.get_by_role("option", name="10").click()
    page.wait_for_function(BARS, arg=10)
    assert "نينوى" in page.locator("#largest").inner_text()
    page.get_by_role("button", name="معركة الموصل").click()
    page.wait_for_url("**time=2016-10-13**")
    expect(page.locator("#largest .xtick").first).to_have_text("الأنبار")
    page.locator("#population label:has(input[value='returnee'])").click()
    page.wait_for_url("**pop=returnee**")
    expect(page.locator("#largest .xtick").first).to_have_text("صلاح الدين")
    _without_scripts(browser, site)
    _chosen_early(browser, site)


def _without_scripts(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/?pop=returnee")
    page.locator("#largest-number").select_option("10")
    page.get_by_role("button", name="Battle of Mosul").click()
    assert "time=2016-10-17" in page.url and "largest-number=10" in page.url
    expect(page.locator("#side noscript table").last.locator("tbody tr")).not_to_have_count(0)
    expect(page.locator("#largest-number")).to_have_value("10")
    expect(page.locator("#headline")).to_contain_text("2016")
    context.close()


def _chosen_early(browser: Browser, site: str) -> None:
    """What is chosen in a stand-in is told to the component that takes its place."""
    context = browser.new_context()
    page = context.new_page()
    with held_back(page) as let_go:
        page.goto(f"{site}/")
        page.wait_for_function(LIVE)
        page.locator("select#largest-number").select_option("10")
        let_go()
    page.wait_for_function(BARS, arg=10)
    expect(page.locator("#largest-number")).to_have_text("10")
    context.close()


@pytest.mark.browser
def test_what_fails_is_told_to_the_reader_and_the_page_goes_on(
    serving_with: Callable[..., str], browser: Browser, tmp_path: Path
):
    file = tmp_path / "own.py"
    file.write_text(FAILS_LATER, "utf-8")
    site = serving_with(DISPLACEMENT_PLUGINS=f"{file},docs/extending/largest.py")
    context = browser.new_context()
    page = context.new_page()
    page.route("**/dcc/dash_core_components.v*", lambda route: route.abort())
    page.goto(f"{site}/?lang=ckb")
    expect(page.locator("#notices")).to_contain_text("ڕاژەکار وەڵامی نەداوەتەوە")
    expect(page.locator("select#largest-number")).to_be_visible()  # what the server wrote stays
    page.locator("#timeline-previous").click()
    expect(page.locator("#notices")).to_contain_text("نەتوانرا یەکێک لە پانێڵەکان نوێ بکرێتەوە")
    page.locator("#population label:has(input[value='returnee'])").click()
    page.wait_for_url("**pop=returnee**")
    context.close()


# ---------------------------------------------------------------------------------- a package

PACKAGE = {
    "own_badge/__init__.py": """
from dash import Input, Output, hooks, html
from dash.development.base_component import Component
from callbacks.plugins import view_of

__version__ = "1.0"
_js_dist = [{"relative_package_path": "badge.js", "namespace": "own_badge"}]

class Badge(Component):
    _namespace, _type, _children_props, _base_nodes = "own_badge", "Badge", [], ["children"]
    _prop_names = available_properties = ["id", "text"]
    _valid_wildcard_attributes = available_wildcard_properties = []

@hooks.layout()
def add(page):
    query = page["address"].query or ""
    total = view_of(query).total
    page["side"].children.append(html.Section(
        [html.P(f"{total:.0f}", id="own-total"), html.Button("More", id="own-more"),
         html.Div(id="own-place"), html.P(id="own-date")], className="card"))
    return page

@hooks.callback(Output("own-place", "children"), Input("own-more", "n_clicks"),
                prevent_initial_call=True)
def more(clicks):
    return Badge(id="own-badge", text=f"clicked {clicks}")

hooks.clientside_callback("(date) => `on ${date}`", Output("own-date", "children"),
                          Input("timeline", "date"), prevent_initial_call=True)
""",
    "own_badge/badge.js": "window.own_badge = { Badge: ({ id, text }) => "
    "window.React.createElement('b', { id }, text) };",
    "own_badge-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: own-badge\nVersion: 1.0\n",
    "own_badge-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n"
    "Tag: py3-none-any\n",
    "own_badge-1.0.dist-info/entry_points.txt": "[dash_hooks]\nown_badge = own_badge\n",
}


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Path]:
    """A folder that a package was installed into, which is of this test."""
    wheel = tmp_path / "own_badge-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        for name, text in PACKAGE.items():
            file.writestr(name, text)
        record = [*PACKAGE, "own_badge-1.0.dist-info/RECORD"]
        file.writestr(record[-1], "".join(f"{name},,\n" for name in record))
    target = tmp_path / "installed"
    quiet = ["--quiet", "--no-index", "--no-deps", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "install", *quiet, "--target", str(target), str(wheel)]
    subprocess.run(command, check=True)
    yield target


@pytest.mark.browser
def test_a_package_is_found_by_its_hooks(
    serving_with: Callable[..., str],
    watched: Callable[..., Watched],
    browser: Browser,
    installed: Path,
):
    site = serving_with(PYTHONPATH=str(installed))
    still = browser.new_context(java_script_enabled=False)
    total = still.new_page()
    total.goto(f"{site}/?time=2017-05-15&lang=ckb")
    expect(total.locator("#own-total")).to_have_text("3065502")
    still.close()
    window = watched(1440, 960)
    page = window.open(f"{site}/?time=2017-05-15")
    page.wait_for_function(TAKEN_OVER)
    page.locator("#timeline-previous").click()
    expect(page.locator("#own-date")).to_have_text("on 2017-04-27")
    assert not [url for url in window.requests if "/own_badge/" in url or "/dcc/" in url]
    page.locator("#own-more").click()
    expect(page.locator("#own-badge")).to_have_text("clicked 1")
    page.locator("#own-more").click()
    expect(page.locator("#own-badge")).to_have_text("clicked 2")
    assert len([url for url in window.requests if "/own_badge/" in url]) == 1


def test_a_package_that_cannot_be_imported_is_named(installed: Path):
    (installed / "own_badge" / "__init__.py").write_text("import nowhere", "utf-8")
    command = [sys.executable, "-c", "import app"]
    variables = {"PATH": "", "PYTHONPATH": str(installed)}
    run = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True)
    assert run.returncode and "the package own-badge cannot be used" in run.stderr
    assert "No module named 'nowhere'" in run.stderr


# ---------------------------------------------------------------------------------- elsewhere


@pytest.mark.browser
def test_another_dash_page_has_the_map_and_the_timeline(
    watched: Callable[..., Watched], snapshot: Snapshot
):
    file = FOLDER / "elsewhere.py"
    assert len([line for line in file.read_text("utf-8").splitlines() if line]) <= 25
    port = free_port()
    variables = os.environ | {"PORT": str(port), "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen([sys.executable, str(file)], env=variables)
    try:
        wait_for(f"http://127.0.0.1:{port}/")
        window = watched(1100, 900)
        page = window.page
        page.goto(f"http://127.0.0.1:{port}/")
        expect(page.locator("#said")).to_have_text("2024-12-31")
        page.locator("path[data-pcode=IQG15]").click()
        expect(page.locator("#said")).to_have_text(_sentence(snapshot, "2024-12-31"))
        colours = page.evaluate(FILLS)
        asked = len(window.requests)
        for _ in range(40):
            page.locator("#timeline-previous").press("Enter")
        assert page.evaluate(FILLS) != colours
        shown = "displacement.islands.shown"
        date = page.evaluate(f"{shown}.view.dates[{shown}.index]")
        assert date < "2022"
        expect(page.locator("#said")).to_have_text(_sentence(snapshot, date))
        sent = window.requests[asked:]
        assert all("_dash-update-component" in url for url in sent) and len(sent) < 20
    finally:
        server.terminate()
        server.wait(timeout=30)


def _sentence(snapshot: Snapshot, date: str) -> str:
    labels = area_labels(viewed(snapshot, time=date).on_its_date())
    return next(label.sentence for label in labels if label.pcode == "IQG15")
