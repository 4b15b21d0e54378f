"""Load: requests a second beside a bare Flask route, under nginx, and what 256 connections do.

Everything runs on the loopback, for a bounded time, and stops by itself. ``wrk`` asks (Debian:
``apt-get install wrk``); where ``nginx`` is installed too, it serves the published folder. Rates
are taken in turns, ours and the bare route's, and compared by their medians.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time as clock
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.request import Request, urlopen

from benchmarks.serving import MAP, ROOT, free_port, serving
from benchmarks.table import Row, as_markdown, as_text, count, fact, write

BARE = "benchmarks.bare:server"
# What is asked for, by the name it has here.
ANSWERS = {"embed": "/embed?pop=returnee", "view": "/api/v1/view.json?pop=returnee"}
TURNS, SECONDS, THREADS, CONNECTIONS = 5, 4, 2, 64
MANY = 256
ENOUGH = 200_000
LEAST_CACHED, LEAST_304 = 0.8, 1.0
MOST_GROWTH = 0.05
SLOW_MS = 1000
BROTLI = "Accept-Encoding: br"

# Views nobody asked for before: every set of two programmes, one after the other.
_COLD = """
local paths = { %s }
local at = 0
function setup(thread) thread:set('first', at); at = at + 1 end
function init() at = first end
function request()
  local path = paths[(at %% #paths) + 1]
  at = at + 2
  return wrk.format('GET', path)
end
"""


@dataclass(frozen=True)
class Rate:
    """What wrk says of one turn."""

    per_second: float
    requests: int
    errors: int


def wrk(
    url: str,
    *headers: str,
    seconds: int = SECONDS,
    connections: int = CONNECTIONS,
    script: str = "",
) -> Rate:
    """Ask for ``url`` as often as it is answered."""
    command = ["wrk", f"-t{THREADS}", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s"]
    for header in headers:
        command += ["-H", header]
    command += ["-s", script] if script else []
    done = subprocess.run([*command, url], capture_output=True, text=True, check=True)
    return _rate(done.stdout)


def _rate(output: str) -> Rate:
    def number(pattern: str) -> float:
        match = re.search(pattern, output)
        return float(match[1]) if match else 0

    socket_errors = re.search(r"Socket errors:(.*)", output)
    errors = sum(map(int, re.findall(r"\d+", socket_errors[1]))) if socket_errors else 0
    return Rate(
        number(r"Requests/sec:\s+([\d.]+)"),
        int(number(r"(\d+) requests in")),
        errors + int(number(r"Non-2xx or 3xx responses: (\d+)")),
    )


def save_answers(url: str, folder: Path) -> None:
    """Keep each answer as it is sent, for the bare route."""
    headers = {}
    for name, path in ANSWERS.items():
        with urlopen(Request(url + path, headers={"Accept-Encoding": "br"})) as answer:
            (folder / name).write_bytes(answer.read())
            names = ("Content-Type", "Content-Encoding", "ETag")
            headers[name] = {key: answer.headers[key] for key in names if answer.headers[key]}
    (folder / "headers.json").write_text(json.dumps(headers), "utf-8")


def beside(url: str, bare: str, folder: Path) -> list[Row]:
    """Rates of each answer, whole and as 304, beside the bare route's own."""
    tags = json.loads((folder / "headers.json").read_text("utf-8"))
    rows = []
    for name, path in ANSWERS.items():
        condition = f"If-None-Match: {tags[name]['ETag']}"
        kinds = {name: (LEAST_CACHED, ()), f"{name}, 304": (LEAST_304, (condition,))}
        for kind, (least, headers) in kinds.items():
            ours, theirs = [], []
            for _ in range(TURNS):
                ours.append(wrk(url + path, BROTLI, *headers))
                theirs.append(wrk(f"{bare}/{name}", BROTLI, *headers))
            rows += _compared(kind, ours, theirs, least)
    return rows


def _compared(name: str, ours: list[Rate], theirs: list[Rate], least: float) -> list[Row]:
    a, b = (median(rate.per_second for rate in rates) for rates in (ours, theirs))
    ratio = a / b
    verdict = "ok" if ratio >= least else "over"
    errors = sum(rate.errors for rate in [*ours, *theirs])
    return [
        Row(f"{name}: times the rate of a bare route", f"{ratio:.2f}", f">= {least:g}", verdict),
        fact(f"{name}: requests/s, ours / bare", f"{a:,.0f} / {b:,.0f}"),
        count(f"{name}: errors", errors, 0),
    ]


def cold(url: str) -> list[Row]:
    """Views that have to be computed: each is another one."""
    with urlopen(f"{url}/api/v1/meta.json") as answer:
        codes = [each["code"] for each in json.load(answer)["programmes"]]
    pairs = [f"{a}~{b}" for i, a in enumerate(codes) for b in codes[i + 1 :]]
    paths = ", ".join(f"'/api/v1/view.json?prog={pair}'" for pair in pairs)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_COLD % paths)
        script.flush()
        rate = wrk(url, BROTLI, seconds=3, connections=4, script=script.name)
    return [
        fact("view, computed anew: requests/s", f"{rate.per_second:,.0f}"),
        count("view, computed anew: errors", rate.errors, 0),
    ]


@contextmanager
def published() -> Iterator[str]:
    """The published folder under nginx; its address."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, port = Path(temporary) / "site", free_port()
        publish = [sys.executable, "-m", "flask", "--app", "app", "publish", str(folder)]
        state = ["--state", "pop=returnee"]
        subprocess.run([*publish, *state], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        conf = Path(temporary) / "nginx.conf"
        conf.write_text(_nginx(folder, Path(temporary), port), "utf-8")
        server = subprocess.Popen(["nginx", "-c", str(conf), "-e", f"{temporary}/error.log"])
        try:
            _answers(f"http://127.0.0.1:{port}/index.html")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(10)


def _nginx(folder: Path, temporary: Path, port: int) -> str:
    paths = "".join(
        f"{kind}_temp_path {temporary}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    return (
        f"daemon off; {user} worker_processes 2; pid {temporary}/nginx.pid;"
        " events { worker_connections 1024; }"
        f" http {{ {paths} access_log off; types {{ text/html html; text/javascript js; }}"
        f" server {{ listen 127.0.0.1:{port}; root {folder};"
        " gzip on; gzip_types text/javascript; } }"
    )


def _answers(url: str) -> None:
    deadline = clock.monotonic() + 30
    while True:
        try:
            urlopen(url).close()
            return
        except OSError:
            if clock.monotonic() > deadline:
                raise
            clock.sleep(0.05)


def static() -> list[Row]:
    """The same map from a folder."""
    if not shutil.which("nginx"):
        return [fact("published folder", "not measured: nginx is not installed")]
    with published() as url:
        page = wrk(f"{url}/embed/{_first(url)}", "Accept-Encoding: gzip")
    return [
        fact("published map under nginx: requests/s", f"{page.per_second:,.0f}"),
        count("published map under nginx: errors", page.errors, 0),
    ]


def _first(url: str) -> str:
    with urlopen(f"{url}/index.html") as answer:
        match = re.search(rb'href="embed/([^"]+\.html)"', answer.read())
    if not match:
        raise RuntimeError("the published index names no map")
    return match[1].decode()


class Health(threading.Thread):
    """Asks ``/healthz`` ten times a second and remembers how long it took."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.url, self.took, self.failed, self._over = url, [0.0], 0, threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.1):
            start = clock.perf_counter()
            try:
                urlopen(f"{self.url}/healthz", timeout=10).close()
            except OSError:
                self.failed += 1
            self.took.append(1000 * (clock.perf_counter() - start))

    def stop(self) -> None:
        self._over.set()
        self.join()


def many(url: str) -> list[Row]:
    """256 connections at once: no errors, and the health check is answered all the while."""
    health = Health(url)
    health.start()
    rates = [wrk(url + path, BROTLI, connections=MANY, seconds=8) for path in ANSWERS.values()]
    health.stop()
    slowest = max(health.took)
    return [
        count(f"{MANY} connections: errors", sum(rate.errors for rate in rates), 0),
        fact(f"{MANY} connections: requests/s", f"{median(r.per_second for r in rates):,.0f}"),
        count(f"{MANY} connections: /healthz not answered", health.failed, 0),
        fact(f"{MANY} connections: slowest /healthz", write(slowest, "ms")),
    ]


def _workers(port: int) -> list[int]:
    """Processes of the gunicorn on a port, but for the first, which does not answer."""
    listed = subprocess.run(
        ["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()[1:]]
    ours = {int(pid) for pid, _, args in rows if "gunicorn" in args and _port_of(pid) == str(port)}
    return [int(pid) for pid, parent, _ in rows if int(pid) in ours and int(parent) in ours]


def _port_of(pid: str) -> str:
    try:
        variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return ""
    return next((each[5:].decode() for each in variables if each.startswith(b"PORT=")), "")


def _resident(pid: int) -> float:
    """Memory of a process in bytes."""
    match = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return 1000 * float(match[1]) if match else 0


def memory(url: str) -> list[Row]:
    """A worker's memory after 200,000 requests, beside what it was once warm."""
    pids = _workers(int(url.rsplit(":", 1)[1]))
    targets = [(url + path, BROTLI) for path in ANSWERS.values()]
    for target in targets:
        wrk(*target, seconds=2)
    before = max(map(_resident, pids))
    requests = 0
    deadline = clock.monotonic() + 300
    while requests < ENOUGH and clock.monotonic() < deadline:
        requests += wrk(*targets[requests % len(targets)], seconds=5).requests
    after = max(map(_resident, pids))
    growth = (after - before) / before
    measured = (
        f"{growth:+.1%} ({before / 1e6:.0f} to {after / 1e6:.0f} MB in {requests:,} requests)"
    )
    flat = growth <= MOST_GROWTH and requests >= ENOUGH
    return [Row("memory of a worker", measured, f"<= {MOST_GROWTH:.0%}", "ok" if flat else "over")]


def run() -> dict[str, list[Row]]:
    """Measure everything."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(serving(MAP))
        save_answers(url, folder)
        os.environ["BARE"] = str(folder)
        bare = stack.enter_context(serving(BARE))
        return {
            "Beside a bare Flask route": beside(url, bare, folder),
            "Computed anew": cold(url),
            "Many at once": many(url),
            "Memory": memory(url),
            "From a folder": static(),
        }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--markdown", metavar="FILE", type=Path, help="write the table here too")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        parser.error("wrk is not installed (Debian: apt-get install wrk)")
    title = f"{os.cpu_count()} processors, which wrk shares, load average {os.getloadavg()[0]:.1f}"
    sections = run()
    print(as_text(title, sections))
    if options.markdown:
        options.markdown.write_text(as_markdown(title, sections), encoding="utf-8")
    return int(any(row.fails for rows in sections.values() for row in rows))


if __name__ == "__main__":
    sys.exit(main())
