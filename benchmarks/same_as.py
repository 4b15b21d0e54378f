"""Ask another commit and the working tree for the same, and print what differs.

::

    make same-as REF=main
    make same-as REF=9cbc8e8 ARGS="--expect wanted.txt"

    REF ──▶ a temporary worktree ──▶ same_as_asked.run ──┐
    the working tree, as it is ────▶ same_as_asked.run ──┴──▶ compare ──▶ what differs

Both answer the list of :mod:`benchmarks.same_as_asked`, one after the other, each in one process
that has its own folder for its working directory. Status, headers and bodies are compared, but for
what follows from something that is compared by itself:

==============================  ==================================================================
not compared                    because
==============================  ==================================================================
hashes in addresses of assets   they follow from the content, which is compared under an
                                address without the hash; so do ``integrity``, hashes in policies,
                                RELEASE of the service worker, and hashes in published.json
ETag                            it is a hash of the body; that there is one is compared
Content-Length                  it is the length of the body
content codings                 a body is compared as it was before compression
Last-Modified of /assets/       it is the date of the checkout; that there is one is compared
order of methods in Allow       Flask keeps them in a set, which has none
``end_id`` on the map page      Dash makes one up for each process
time stamps of ZIP, XLSX, PPTX  each member is compared, also of one in another, and their order;
                                inside of them, when a file was created and modified
dates and ID of a PDF           they say when it was made
==============================  ==================================================================

Pages name the day on which they are read: both are asked on one day, or the run says so.

A file of differences that are known and wanted has a pattern and its reason in a line::

    # Chapter 2 of the style guide
    ^/sources.*- .*Data &amp; sources .*\\+ .*Sources :: the page has a shorter name

The pattern, a regular expression, is looked for in ``ADDRESS WHAT: - OLD + NEW``. An answer is as
wanted where every one of its differences has its pattern. Exit status: 0 where nothing differs but
what is wanted, 1 where something does, 2 where there was nothing to compare.
"""

from __future__ import annotations

import argparse
import datetime as dt
import difflib
import gzip
import hashlib
import io
import os
import pickle
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import brotli  # type: ignore[import-untyped]

from benchmarks.revisions import CannotCompare, checked_out, commit_of, python_for
from benchmarks.serving import ROOT

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

RUNNER = Path(__file__).with_name("same_as_asked.py")
BESIDE = 80  # characters shown on either side of a difference
NAMES_SHOWN = 5  # answers named for one difference, unless all are asked for
# Comparing piece by piece takes time that grows with the square of what lies between the first
# difference and the last.
MOST_PIECES = 1500

_CONSEQUENCES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (rb"(?<=[\w-]\.)[0-9a-f]{12}(?=\.(?:js|css|svg|png)\b)", b"VERSION"),
        (rb"(?<=\?m=)[0-9a-f]{12}\b", b"VERSION"),
        (rb"\b(sha(?:256|384|512))-[A-Za-z0-9+/]+=*", rb"\1-HASH"),
        (rb'(?<=const RELEASE=")[0-9a-f]{12}(?=")', b"VERSION"),
        # published.json has the hash of every file beside it.
        (rb'(?<="sha256": ")[0-9a-f]{64}(?=")', b"HASH"),
        # XlsxWriter and python-pptx write down when a file was made.
        (rb"(?<=W3CDTF\">)[0-9T:-]{19}Z(?=</dcterms:(?:created|modified)>)", b"DATE"),
        # Dash makes one up for each process.
        (rb'(?<="end_id":")[^"]*(?=")', b"ID"),
    )
)
_PDF_DATES = re.compile(
    rb"/(?:CreationDate|ModDate) ?\([^)]*\)|/ID ?\[[^\]]*\]"
    rb"|<(xmp:(?:CreateDate|ModifyDate|MetadataDate)|xmpMM:(?:DocumentID|InstanceID))>[^<]*</\1>"
)
_PIECE = re.compile(r"[^\n>,;]*[\n>,;]|[^\n>,;]+")
_ASSET = re.compile(
    r"^(/map)?/(built/\S+\.(js|css|svg|png)$|embed/\S+\.(js|css))|^OUT/published/static/"
)
_DECODE = {"br": brotli.decompress, "gzip": gzip.decompress, "zstd": zstd.decompress}


@dataclass(frozen=True)
class Answer:
    """An answer as the runner wrote it down."""

    name: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def coding(self) -> str:
        """Content coding that the body was sent in."""
        return dict(self.headers).get("Content-Encoding", "")


@dataclass(frozen=True)
class Difference:
    """One difference of two answers: what differs, how it was, how it is, and where it stands."""

    what: str
    old: str
    new: str
    context: tuple[str, str] | None = None

    def as_line(self, name: str) -> str:
        """Write it as expectations are looked for in it."""
        return f"{name} {self.what}: - {self.old} + {self.new}"


@dataclass(frozen=True)
class Expectation:
    """A difference that is known and wanted, and why."""

    pattern: re.Pattern[str]
    reason: str


# ---- comparing


def compare(old: Answer, new: Answer) -> list[Difference]:
    """List what differs between two answers to the same request."""
    differences = []
    if old.status != new.status:
        differences.append(Difference("status", str(old.status), str(new.status)))
    before, after = headers(old), headers(new)
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            was, now = (", ".join(each.get(key, ["(none)"])) for each in (before, after))
            differences.append(Difference(key, was, now))
    if old.body != new.body:
        differences.extend(_bodies(parts(_decoded(old)), parts(_decoded(new))))
    return differences


def headers(answer: Answer) -> dict[str, list[str]]:
    """Return the headers that are compared, with what follows from the body left out."""
    by_name: dict[str, list[str]] = {}
    for key, value in answer.headers:
        if key == "Content-Length":
            continue
        if key == "ETag":
            value = re.sub(r'"[^":]+', '"HASH', value)
        elif key == "Last-Modified":
            value = "DATE"
        elif key == "Allow":
            value = ", ".join(sorted(value.split(", ")))
        by_name.setdefault(key, []).append(without_consequences(value.encode()).decode())
    return by_name


def without_consequences(body: bytes) -> bytes:
    """Put a word in the place of each hash that follows from what is compared by itself."""
    for pattern, replacement in _CONSEQUENCES:
        body = pattern.sub(replacement, body)
    return body


def parts(body: bytes, name: str = "body") -> dict[str, bytes]:
    """Take a body apart into what is compared: itself, or the members of a ZIP."""
    if body.startswith(b"PK\x03\x04") and zipfile.is_zipfile(io.BytesIO(body)):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = archive.namelist()
            members_by_name = {f"order of {name}": "\n".join(members).encode()}
            for member in members:
                members_by_name |= parts(
                    archive.read(member), member if name == "body" else f"{name}/{member}"
                )
            return members_by_name
    if body.startswith(b"%PDF"):
        return {name: _PDF_DATES.sub(b"", body)}
    return {name: without_consequences(body) if _is_text(body) else body}


def _is_text(body: bytes) -> bool:
    try:
        return "\0" not in body.decode()
    except UnicodeDecodeError:
        return False


def _decoded(answer: Answer) -> bytes:
    decode = _DECODE.get(answer.coding)
    return decode(answer.body) if decode and answer.body else answer.body


def _bodies(old: dict[str, bytes], new: dict[str, bytes]) -> Iterator[Difference]:
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            was, now = ("(none)" if it is None else "(there)" for it in (before, after))
            yield Difference(name, was, now)
        elif before != after and _is_text(before) and _is_text(after):
            yield from _texts(name, before.decode(), after.decode())
        elif before != after:
            yield _binaries(name, before, after)


def _binaries(name: str, old: bytes, new: bytes) -> Difference:
    at = next(i for i, (a, b) in enumerate(zip_longest(old, new)) if a != b)
    was, now = (
        f"{len(each):,} bytes, {hashlib.sha256(each).hexdigest()[:12]}" for each in (old, new)
    )
    return Difference(f"{name} from byte {at:,}", was, now)


def _texts(name: str, old: str, new: str) -> Iterator[Difference]:
    """Yield each piece that differs: a line, or less where a line holds much."""
    context: tuple[str, str] | None = _around(old, new)
    for before, after in _hunks(_PIECE.findall(old), _PIECE.findall(new)):
        yield Difference(name, before.strip("\n"), after.strip("\n"), context)
        context = None


def _around(old: str, new: str) -> tuple[str, str]:
    """Return the first line that differs in each, cut to what stands beside the difference."""
    at = len(os.path.commonprefix([old, new]))
    start = max(old.rfind("\n", 0, at) + 1, at - BESIDE)
    return tuple(text[start : at + BESIDE].partition("\n")[0] for text in (old, new))  # type: ignore[return-value]


def _hunks(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    if len(old) == len(new):
        yield from ((a, b) for a, b in zip(old, new, strict=True) if a != b)
        return
    first = len(os.path.commonprefix([old, new]))
    old, new = old[first:], new[first:]
    last = len(os.path.commonprefix([old[::-1], new[::-1]]))
    old, new = old[: len(old) - last], new[: len(new) - last]
    if max(len(old), len(new)) > MOST_PIECES:
        yield "".join(old), "".join(new)
        return
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield "".join(old[a:b]), "".join(new[c:d])


def compare_all(
    old: Iterable[Answer], new: Iterable[Answer]
) -> tuple[int, dict[str, list[Difference]]]:
    """Compare two trees: how many answers there are, and what differs by the answer's name.

    An answer that only one of them gave differs, too: a file that was published, an asset.
    """
    after = {answer.name: answer for answer in new}
    differing: dict[str, list[Difference]] = {}
    total = 0
    for answer in old:
        total += 1
        other = after.pop(answer.name, None)
        differences = (
            compare(answer, other) if other else [Difference("answer", "(there)", "(none)")]
        )
        if differences:
            differing[answer.name] = differences
    for name in after:
        differing[name] = [Difference("answer", "(none)", "(there)")]
    return total + len(after), differing


# ---- what is wanted


def expectations(text: str) -> list[Expectation]:
    """Read a file of differences that are wanted.

    Raises
    ------
    ValueError
        Naming the line that is none.
    """
    expected = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        pattern, _, reason = line.rpartition(" :: ")
        if not pattern or not reason.strip():
            raise ValueError(f"line {number}: a pattern, “ :: ” and the reason are needed: {line}")
        try:
            expected.append(Expectation(re.compile(pattern.strip(), re.DOTALL), reason.strip()))
        except re.error as error:
            raise ValueError(
                f"line {number}: {pattern} is no regular expression: {error}"
            ) from None
    return expected


def sort_out(
    differing: dict[str, list[Difference]], expected: list[Expectation]
) -> tuple[dict[str, list[Difference]], dict[str, set[str]]]:
    """Part what differs into what nobody wanted, and the names of the answers for each reason."""
    unexpected: dict[str, list[Difference]] = {}
    met: dict[str, set[str]] = {each.reason: set() for each in expected}
    for name, differences in differing.items():
        for difference in differences:
            text = difference.as_line(name)
            reasons = [each.reason for each in expected if each.pattern.search(text)]
            for reason in reasons:
                met[reason].add(name)
            if not reasons:
                unexpected.setdefault(name, []).append(difference)
    return unexpected, met


# ---- the report


def report(
    total: int, unexpected: dict[str, list[Difference]], met: dict[str, set[str]], limit: int | None
) -> Iterator[str]:
    """Yield the lines of the report; answers that differ in the same are named together."""
    for reason, names in met.items():
        yield f"wanted ({len(names)}): {reason}" if names else f"not met: {reason}"
    assets = {name for name in unexpected if _ASSET.search(name)}
    for heading, names in (("Assets", assets), ("Answers", unexpected.keys() - assets)):
        if names:
            yield f"\n{heading} that differ: {len(names)}"
            yield from _alike(
                {name: unexpected[name] for name in unexpected if name in names}, limit
            )
    as_wanted = len(set().union(*met.values()) - unexpected.keys()) if met else 0
    yield ""
    also = f", {as_wanted} differ as is wanted" if as_wanted else ""
    if unexpected:
        yield f"{len(unexpected)} of {total} answers differ{also}."
    else:
        yield f"{total - as_wanted} answers are the same{also}."


def _alike(differing: dict[str, list[Difference]], limit: int | None) -> Iterator[str]:
    alike: dict[tuple[tuple[str, str, str], ...], list[str]] = {}
    for name, differences in differing.items():
        key = tuple((each.what, each.old, each.new) for each in differences)
        alike.setdefault(key, []).append(name)
    for names in alike.values():
        yield ""
        yield from names[:limit]
        if more := len(names[len(names[:limit]) :]):
            yield f"… and {more} more, which differ in the same"
        first, *others = differing[names[0]]
        yield from _one(first)
        if others:
            whats = ", ".join(dict.fromkeys(each.what for each in others))
            yield f"    … and {len(others)} more, in {whats}"


def _one(difference: Difference) -> Iterator[str]:
    old, new = difference.context or (difference.old, difference.new)
    yield f"    {difference.what}:"
    for sign, text in (("-", old), ("+", new)):
        yield f"    {sign} {text[: 3 * BESIDE]}"


# ---- asking


def ask(tree: Path, python: Path, out: Path) -> float:
    """Have a tree answer the list into ``out``; return the seconds that it took."""
    out.mkdir()
    variables = {
        key: value for key, value in os.environ.items() if not key.startswith("DISPLACEMENT_")
    }
    # An empty library: what is answered is the snapshot that ships.
    variables |= {"DISPLACEMENT_SNAPSHOTS": str(out / "library"), "PYTHONWARNINGS": "ignore"}
    start = time.perf_counter()
    with (out / "log").open("wb") as log:
        command = [str(python), "-P", str(RUNNER), str(out)]
        process = subprocess.run(command, cwd=tree, env=variables, stdout=log, stderr=log)
    if process.returncode:
        last = (out / "log").read_text("utf-8", "replace").splitlines()[-20:]
        raise CannotCompare("\n".join([f"The list cannot be asked in {tree}:", *last]))
    return time.perf_counter() - start


def answers(out: Path) -> Iterator[Answer]:
    """Read what the runner wrote down."""
    with (out / "answers").open("rb") as file:
        while True:
            try:
                name, status, sent, body = pickle.load(file)
            except EOFError:
                return
            yield Answer(name, status, tuple(sent), body)


def ask_both(ref: str) -> tuple[int, dict[str, list[Difference]]]:
    """Ask the commit and the working tree, and compare what they answer."""
    commit = commit_of(ref)
    with (
        tempfile.TemporaryDirectory(prefix="same-as-") as name,
        checked_out(commit, Path(name)) as tree,
    ):
        folder, day = Path(name), dt.date.today()
        for label, asked_tree, out in (
            (f"{ref} ({commit[:9]})", tree, "old"),
            ("here", ROOT, "new"),
        ):
            python = python_for(asked_tree)
            print(f"asking {label} …", end=" ", flush=True)
            print(f"{ask(asked_tree, python, folder / out):.0f} s", flush=True)
        if dt.date.today() != day:
            raise CannotCompare("Midnight came between the two, and pages name the day: ask again.")
        return compare_all(answers(folder / "old"), answers(folder / "new"))


def main(arguments: list[str] | None = None) -> int:
    """Ask, compare and report; return the exit status."""
    parser = argparse.ArgumentParser(prog="make same-as", description=__doc__.splitlines()[0])
    parser.add_argument("ref", metavar="REF", help="commit, branch or tag to compare with")
    parser.add_argument("--expect", type=Path, metavar="FILE", help="differences that are wanted")
    parser.add_argument("--all", action="store_true", help="name every answer that differs")
    options = parser.parse_args(arguments)
    try:
        expected = expectations(options.expect.read_text("utf-8")) if options.expect else []
        total, differing = ask_both(options.ref)
    except (CannotCompare, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    unexpected, met = sort_out(differing, expected)
    print(*report(total, unexpected, met, None if options.all else NAMES_SHOWN), sep="\n")
    return 1 if unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
