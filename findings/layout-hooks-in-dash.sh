#!/usr/bin/env bash
# Dash 4.4.1, a layout hook that adds to the layout it is given.
#
# A hook takes the layout and returns it. Where `app.layout` is a component, every request for the
# layout hands the hook that very object, and not a copy: a hook that appends to its children adds
# once for each page that anybody has loaded, and the first page, the one that is looked at while
# developing, is right. Where `app.layout` is a function, each request has a layout of its own, and
# the same hook adds once. No error is raised, also not for the ids that then stand there many times,
# as the layout is checked only when it is set.
#
# Output seen: children of the layout in four requests, one after the other
#   component: 2 3 4 5
#   function: 2 2 2 2
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check dash==4.4.1 2>/dev/null
"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/seen"
from dash import Dash, hooks, html


@hooks.layout()
def with_footer(layout):
    layout.children.append(html.Footer("Sources", id="footer"))
    return layout


def page():
    return html.Div([html.H1("Map")])


for name, layout in (("component", page()), ("function", page)):
    app = Dash(name)
    app.layout = layout
    client = app.server.test_client()
    sizes = [len(client.get("/_dash-layout").json["props"]["children"]) for _ in range(4)]
    print(f"{name}:", *sizes)
PYTHON
diff "$folder/seen" - <<'SEEN'
component: 2 3 4 5
function: 2 2 2 2
SEEN
