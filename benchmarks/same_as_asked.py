"""The list that ``make same-as`` asks of two trees, and the runner that asks it of one.

::

    python -P benchmarks/same_as_asked.py OUT         (in the folder of the tree that is asked)
    python -m benchmarks.same_as_asked                prints the list

The runner works in trees of any age: of the tree it imports ``app`` and nothing else. ``OUT`` gets
one pickled tuple for each answer: its name, status, headers and body.

The list is the same on every machine. A *state* takes a value of each list below; every value of a
list is taken equally often, in an order that is shuffled by a fixed seed. ``EVERY`` says which
routes are asked for which of the states, so that what takes long is asked for a few.
"""

from __future__ import annotations

import os
import pickle
import random
import re
import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import quote, urlencode

# ---- states

KEYS = {
    "pop": ("", "returnee", "idp", "returnee", "refugee"),
    "level": ("", "2"),
    "measure": ("", "households", "rate", "share", ""),
    "mode": ("", "change", ""),
    "time": ("", "2017-05-15", "R102", "2021-02-28", "2014-04-01", "2016-01-21", "latest"),
    "base": ("", "2018-08-31", "latest", "R60"),
    "prog": ("", "", "PHSS", "CRP~FVR"),
    "classes": ("", "quantiles", "jenks"),
    "area": ("", "IQG15", "", "IQG08", "IQG15Q01"),
    "lang": ("en", "ar", "ckb", ""),
    "digits": ("", "native"),
    "v": ("", "", "SNAPSHOT"),  # the runner writes the version that its tree serves
}
STATES = 60
OPTIONS = {
    "theme": ("", "light", "dark"),
    "legend": ("", "0"),
    "title": ("", "0", ""),
    "controls": ("", "0", ""),
    "lock": ("", "1"),
    "static": ("", "", "1"),
}
FILE_OPTIONS = {
    "theme": ("", "dark"),
    "w": ("", "800"),
    "scale": ("", "2", ""),
    "paper": ("", "Letter"),
    "rows": ("", "all", ""),
    "hxl": ("", "1"),
}
COMPARED = {"with": ("", "returnee", "", "idp", "CRP~FVR"), "rounds": ("", "", "R100~2018-08-31")}
SHARED = {
    "page": ("", "compare"),
    "width": ("", "600"),
    "freeze": ("", "1", "0"),
    "language": ("", "", "ckb"),
}

# Route, every how many states it is asked, and what its address takes beside the state.
EVERY: tuple[tuple[str, int, dict[str, tuple[str, ...]]], ...] = (
    ("/api/v1/view.json", 1, {"errors": ("", "notice")}),
    ("/", 2, {"tab": ("", "table")}),
    ("/embed", 1, OPTIONS),
    ("/share", 2, SHARED),
    ("/download", 3, {}),
    ("/compare", 4, COMPARED),
    ("/map.svg", 2, FILE_OPTIONS),
    ("/data.csv", 2, FILE_OPTIONS),
    ("/data.json", 3, FILE_OPTIONS),
    ("/metadata.json", 3, {}),
    ("/data.geojson", 6, {}),
    ("/data.xlsx", 6, FILE_OPTIONS),
    ("/map.html", 6, {}),
    ("/map.pdf", 8, FILE_OPTIONS),
    ("/map.png", 10, FILE_OPTIONS),
    ("/card.png", 15, {}),
    ("/map.zip", 30, FILE_OPTIONS),
)

# ---- what is asked by name

LANGUAGE_QUERIES = ("", "lang=ar", "lang=ckb", "lang=ar&digits=native", "lang=ckb&digits=native")
EACH_LANGUAGE = (
    *("/", "/embed", "/share", "/download", "/compare", "/map.pdf"),
    *("/sources", "/funders", "/briefing/edit", "/manifest.webmanifest", "/api/v1/meta.json"),
    *("/no-such-page", "/api/v1/no-such.json", "/api/v1/areas/3.topojson"),
)
BRIEFINGS = (
    "",
    "slides=map:pop=returnee;compare:mode=change,base=2020-02-29;trend:headline=Fewer_every_year",
    "slides=flows:pop=idp,area=IQG15;footprint:prog=PHSS~CRP;table:level=2&title=Two*sthree",
)
AREAS = ("IQG15", "IQG08", "IQG01", "IQG15Q01", "IQG13")
AREA_STATES = ("", "pop=returnee", "level=2", "pop=refugee", "mode=change", "measure=share")
WRONG = (
    *("pop=returnees", "level=3", "measure=rat", "mode=both", "time=R9999", "time=2016-01-10"),
    *("prog=PHS", "classes=equal", "area=IQG99", "lang=de", "digits=roman", "v=0123456789ab"),
    *(
        "base=never&mode=change",
        "time=2018-13-01",
        "w=1",
        "w=2400&scale=3",
        "theme=grey",
        "level=2&measure=rate",
    ),
)
REFUSING = ("/api/v1/view.json", "/", "/embed", "/data.csv", "/compare")
LINKED = ("/", "/embed?pop=returnee&level=2", "/share?page=compare&lang=ar", "/sources", "")

PLAIN = (
    *("/api/v1/areas/1.topojson", "/api/v1/areas/2.topojson", "/healthz", "/readyz"),
    *("/worker.js", "/embed/map.js", "/embed/auto.css", "/embed/light.css", "/embed/dark.css"),
    *("/embed/none.css", "/embed/host.js", "/_dash-layout", "/_dash-dependencies", "/favicon.ico"),
    *("/_favicon.ico", "/assets/", "/assets/css/base.css", "/static/x", "/built/", "/map.jpg"),
    *("/api/v1/area/IQG99.json", "/api/v1/area/IQG99.json?lang=ar", "/api/v1/area/IQ-NI.json"),
    *("/built/page.000000000000.css", "/built/../app.py", "/embed/", "/sources?v=0123456789ab"),
    *("/briefing?add=pop%3Dreturnee", "/briefing?slides=nothing:pop=idp", "/briefing?v=12"),
    *("/oembed?url=https://example.com/", "/oembed?format=xml", "/oembed?url=/&maxwidth=x"),
    *("/timelapse.gif?pop=refugee", "/timelapse.gif?pop=refugee&lang=ar&theme=dark"),
    *("/briefing.pptx", "/briefing.pptx?lang=ckb&digits=native", "/briefing.pdf?lang=ar"),
    *("/briefing.yaml", "/briefing.yaml?lang=ar", "/share?errors=<b>&pop=<script>"),
)

COMMANDS = (
    *("--help", "snapshot --help", "snapshot list", "snapshot show", "snapshot verify"),
    *("snapshot activate --help", "snapshot build --help", "snapshot diff --help"),
    *("snapshot list --help", "snapshot rollback --help", "snapshot show --help"),
    *("snapshot verify --help", "snapshot activate none", "snapshot rollback", "ingest --help"),
    *("ingest dtm", "ingest hxl", "boundaries --help", "boundaries add --help", "briefing --help"),
    *("briefing --yaml OUT/briefing.yaml --lang ckb", "publish --help", "publish OUT/p --at x"),
    "publish OUT/published --state pop=returnee&level=2&theme=dark --state pop=idp&lang=ckb "
    "--site https://example.org/ --at https://example.org/maps/",
)

# Another installation: below a path, with an address of its own, and more that is not shown.
ELSEWHERE = {
    "DISPLACEMENT_URL_BASE_PATHNAME": "/map/",
    "DISPLACEMENT_PUBLIC_URL": "https://example.org",
    "DISPLACEMENT_SUPPRESSION_THRESHOLD": "40",
    "DISPLACEMENT_EMBED_ANCESTORS": "https://example.com",
}
ADDRESSES_ELSEWHERE = (
    *("/", "/?level=2&lang=ar", "/embed?level=2", "/embed?lang=ckb&digits=native", "/sources"),
    *("/share?level=2", "/compare?level=2&with=returnee", "/download", "/briefing", "/data.csv"),
    *("/map.svg?level=2", "/data.json?level=2&pop=returnee", "/metadata.json", "/worker.js"),
    *("/api/v1/view.json?level=2", "/api/v1/view.json?level=2&pop=returnee&measure=households"),
    *("/api/v1/area/IQG15.json", "/oembed?url=https://example.org/map/embed?level=2", "/none"),
    *("/manifest.webmanifest", "/api/v1/meta.json", "/card.png"),
)


class Request(NamedTuple):
    """What is asked: an address, with headers and a form where it has them."""

    address: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """Name the request in reports: its address, and what makes it another one than GET."""
        method = [] if self.method == "GET" else [self.method]
        sent = [f"[{key}: {value}]" for key, value in self.headers]
        form = [f"({urlencode(self.form)})"] if self.form else []
        return " ".join([*method, self.address, *sent, *form])


def sampled(lists: dict[str, tuple[str, ...]], count: int, seed: str) -> list[dict[str, str]]:
    """Choose a value of each list, ``count`` times, each value equally often; "" is left out."""
    columns = {}
    for key, values in lists.items():
        column = [values[index % len(values)] for index in range(count)]
        random.Random(f"{seed} {key}").shuffle(column)
        columns[key] = column
    return [
        {key: column[index] for key, column in columns.items() if column[index]}
        for index in range(count)
    ]


def possible(state: dict[str, str]) -> dict[str, str]:
    """Leave out what is refused beside the rest, so that most answers are no errors."""
    unavailable = set()
    if state.get("measure") == "rate":
        unavailable.add("level")
    if state.get("pop") == "refugee":
        unavailable |= {"level", "time", "base"}
        unavailable |= {"measure"} if state.get("measure") == "households" else set()
    return {key: value for key, value in state.items() if key not in unavailable}


def address(path: str, query: dict[str, str]) -> str:
    """Write an address as links have it."""
    text = "&".join(f"{key}={quote(value, safe='~:,;*')}" for key, value in query.items())
    return f"{path}?{text}" if text else path


def requests() -> tuple[Request, ...]:
    """List everything that is asked, each once; what is of one state stands together."""
    return tuple(dict.fromkeys([*_of_states(), *_by_name(), *_in_other_ways()]))


def _of_states() -> Iterator[Request]:
    more = {path: sampled(lists, STATES, path) for path, _, lists in EVERY}
    for index, sample in enumerate(sampled(KEYS, STATES, "state")):
        state = possible(sample)
        for path, every, _ in EVERY:
            if index % every == 0:
                yield Request(address(path, {**state, **more[path][index]}))


def _by_name() -> Iterator[Request]:
    def request(path: str, *queries: str) -> Request:
        query = "&".join(filter(None, queries))
        return Request(f"{path}?{query}" if query else path)

    yield from map(Request, PLAIN)
    for path, language in product(EACH_LANGUAGE, LANGUAGE_QUERIES):
        yield request(path, language)
    for query, language in product(BRIEFINGS, LANGUAGE_QUERIES[:3]):
        yield request("/briefing", query, language)
    for code, query in product(AREAS, AREA_STATES):
        yield request(f"/api/v1/area/{code}.json", query)
    for path, query in product(REFUSING, WRONG):
        yield request(path, query)
    for query, language in product(WRONG[:12:2], LANGUAGE_QUERIES[1:4]):
        yield request("/api/v1/view.json", query, language)
    for link in LINKED:
        url = quote(f"http://localhost{link}", safe="")
        yield request("/oembed", f"url={url}", "maxwidth=500")


def _in_other_ways() -> Iterator[Request]:
    """List methods, codings, languages of browsers, and forms."""
    for coding in ("br", "gzip", "zstd", "identity;q=0"):
        for path in ("/", "/embed", "/api/v1/view.json?level=2", "/data.csv"):
            yield Request(path, headers=(("Accept-Encoding", coding),))
    for language in ("ar", "ku-IQ,en;q=0.5", "de"):
        for path in ("/", "/sources", "/embed", "/none"):
            yield Request(path, headers=(("Accept-Language", language),))
    for path in ("/", "/api/v1/view.json", "/embed", "/map.svg", "/sources"):
        yield Request(path, "HEAD")
        yield Request(path, "POST")
        yield Request(path, "OPTIONS")
        yield Request(path, headers=(("If-None-Match", "ETAG"),))  # its own: 304 is the answer
    yield Request("/_dash-update-component", "POST", form=(("a", "b"),))
    slide = {"title": "Two", "view-1": "pop=returnee", "layout-1": "map", "view-2": "level=2"}
    slide["layout-2"] = "table"
    for more in ({"do": "up-2"}, {"do": "remove-1"}, {"do": "yaml", "lang": "ar"}, {"lang": "ckb"}):
        yield Request("/briefing/edit", "POST", form=tuple({**slide, **more}.items()))
    yield Request("/briefing/edit", "POST", form=tuple({**slide, "view-1": "pop=nobody"}.items()))


# ---- the runner

Record = tuple[str, int, list[tuple[str, str]], bytes]
_ASSET = re.compile(
    rb"(?P<built>/built/[\w./-]+?)\.[0-9a-f]{12}\.(?:js|css|svg|png)"
    rb"|/embed/[\w.]+\?m=[0-9a-f]{12}"
)
_VERSION_OF_ASSET = re.compile(r"(?<=[.=])[0-9a-f]{12}(?=\.|$)")


def run(out: Path) -> None:
    """Ask everything of the tree in the working directory; write the answers into ``out``."""
    import app

    with (out / "answers").open("wb") as file:
        _ask_installation(app.server, requests(), file)
        for record in _commands(out):
            pickle.dump(record, file)
        os.environ.update(ELSEWHERE)
        elsewhere = app.create_app().server
        _ask_installation(elsewhere, map(Request, ADDRESSES_ELSEWHERE), file, prefix="/map")


def _ask_installation(server: Any, batch: Any, file: BinaryIO, prefix: str = "") -> None:
    """Ask a list of requests, then every asset that an answer names."""
    client = server.test_client()
    meta = client.get(f"{prefix}/api/v1/meta.json").get_json(silent=True) or {}
    version = meta.get("version", "")
    assets: set[bytes] = set()
    for request in batch:
        record = _ask(client, request, version, prefix)
        assets.update(match[0] for match in _ASSET.finditer(record[3]))
        pickle.dump(record, file)
    for name in sorted(map(bytes.decode, assets)):
        _, *answer = _ask(client, Request(name), version, prefix)
        named = _VERSION_OF_ASSET.sub("VERSION", f"{prefix}{name}")
        pickle.dump((named, *answer), file)


def _ask(client: Any, request: Request, version: str, prefix: str) -> Record:
    path = prefix + request.address.replace("SNAPSHOT", version)
    headers = dict(request.headers)
    if headers.get("If-None-Match") == "ETAG":
        headers["If-None-Match"] = client.get(path).headers.get("ETag", "")
    sent = {"data": dict(request.form)} if request.form else {}
    answer = client.open(path, method=request.method, headers=headers, **sent)
    return prefix + request.name, answer.status_code, list(answer.headers), answer.get_data()


def _commands(out: Path) -> Iterator[Record]:
    """Run each command of :data:`COMMANDS` here, and read the files that it has written."""
    from click.testing import CliRunner
    from flask.cli import cli

    folder = out / "made"
    folder.mkdir()
    for command in COMMANDS:
        arguments = ["--app", "app", *command.replace("OUT", str(folder)).split(" ")]
        process = CliRunner().invoke(cli, arguments, prog_name="flask")
        yield (
            f"$ flask {command}",
            process.exit_code,
            [],
            _without_paths(process.output, out).encode(),
        )
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        label = re.sub(r"\.[0-9a-f]{12}\.", ".VERSION.", name)
        yield f"OUT/{label}", 0, [], path.read_bytes()


def _without_paths(text: str, out: Path) -> str:
    places = {str(out): "OUT", str(Path.cwd()): "TREE"}
    where: Callable[[re.Match[str]], str] = lambda match: places[match[0]]  # noqa: E731
    return re.sub("|".join(map(re.escape, places)), where, text)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.path.insert(0, str(Path.cwd()))
        run(Path(sys.argv[1]))
    else:
        print(*(each.name for each in requests()), sep="\n")
