"""Archives of strangers are unpacked by what comes out of them, within limits."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.boundaries import readers
from geodata.errors import TemplateError
from geodata.exports.documents import pptx_template
from geodata.sources.tabular import workbook_safety
from geodata.util import zip_guard
from geodata.util.zip_guard import ALL_METHODS, ZipGuard, ZipLimits
from tests.zips import understated

LIMITS = {
    "workbook": workbook_safety.LIMITS,
    "boundaries": readers.LIMITS,
    "template": pptx_template.LIMITS,
}
METHODS = {"deflated": zipfile.ZIP_DEFLATED, "bzip2": zipfile.ZIP_BZIP2, "lzma": zipfile.ZIP_LZMA}


def archive(*parts: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, data in parts:
            made.writestr(name, data)
    return out.getvalue()


def unpack(data: bytes, limits: ZipLimits) -> dict[str, bytes]:
    guard = ZipGuard("sent", io.BytesIO(data), limits)
    guard.check_parts()
    guard.check_stated_sizes(guard.parts)
    return {part.filename: b"".join(guard.unpack(part)) for part in guard.parts}


def refusal(data: bytes, limits: ZipLimits) -> str:
    with pytest.raises(limits.error) as refused:
        unpack(data, limits)
    return str(refused.value)


@given(st.dictionaries(st.text("abc/", min_size=1), st.binary(max_size=200), max_size=4))
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, *METHODS.values()])
def test_what_an_archive_holds_comes_out_of_it(method, parts):
    limits = replace(readers.LIMITS, methods=ALL_METHODS)
    assert unpack(archive(*parts.items(), method=method), limits) == parts


def test_parts_may_be_read_at_the_same_time():
    data = archive(("a", b"a" * 3_000_000), ("b", b"b" * 3_000_000), method=zipfile.ZIP_STORED)
    guard = ZipGuard("sent", io.BytesIO(data), readers.LIMITS)
    chunks = list(zip(*map(guard.unpack, guard.parts), strict=True))
    assert {(bytes({*a}), bytes({*b})) for a, b in chunks} == {(b"a", b"b")}


@pytest.mark.parametrize("limits", LIMITS.values(), ids=list(LIMITS))
def test_a_part_that_holds_more_than_the_directory_says_is_refused(limits):
    data = understated(archive(("one", b"1")), "two", b"01" * 600, says=100)
    assert "1,200" in refusal(data, limits) and "two" in refusal(data, limits)


@pytest.mark.parametrize("limits", LIMITS.values(), ids=list(LIMITS))
def test_bytes_are_counted_and_not_what_the_directory_says_of_them(limits):
    data = understated(archive(("one", b"1")), "two", b"01" * 600, says=100)
    assert "unpacks to more than" in refusal(data, replace(limits, max_unpacked=1_000))


@pytest.mark.parametrize("limits", LIMITS.values(), ids=list(LIMITS))
def test_a_part_that_holds_many_times_its_packed_size_is_refused(limits, monkeypatch):
    monkeypatch.setattr(zip_guard, "RATIO_FROM", 1_000)
    for data in (
        archive(("zeros", b"0" * 9_000)),
        understated(archive(("one", b"1")), "zeros", b"0" * 9_000, says=9),
    ):
        assert "unpacks to more than" in refusal(data, replace(limits, max_ratio=100))


@pytest.mark.parametrize("limits", LIMITS.values(), ids=list(LIMITS))
def test_an_archive_that_no_program_packs_is_refused(limits):
    assert refusal(b"PK and no archive", limits)
    assert refusal(archive(*((str(n), b"") for n in range(4))), replace(limits, max_parts=3))
    with pytest.warns(UserWarning, match="Duplicate name"):
        assert refusal(archive(("one", b"1"), ("one", b"2")), limits)


@pytest.mark.parametrize("limits", LIMITS.values(), ids=list(LIMITS))
def test_a_locked_archive_is_refused(limits):
    data = bytearray(archive(("one", b"1")))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "locked with a password" in refusal(bytes(data), limits)


@pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))
def test_a_damaged_part_is_refused(method):
    data = bytearray(archive(("one", zlib.compress(bytes(range(256)))), method=method))
    data[60] ^= 0xFF
    limits = replace(readers.LIMITS, methods=ALL_METHODS)
    assert "is damaged or cut short" in refusal(bytes(data), limits)


def test_a_workbook_is_packed_as_spreadsheet_programs_pack():
    data = archive(("one", b"1"), method=zipfile.ZIP_BZIP2)
    assert "no spreadsheet program" in refusal(data, workbook_safety.LIMITS)
    assert unpack(data, readers.LIMITS) == {"one": b"1"}


def test_a_template_that_holds_more_than_it_says_is_refused():
    data = understated(pptx_template.neutral(), "ppt/media/a.png", b"01" * 600, says=100)
    with pytest.raises(TemplateError, match="has 1,200 bytes and should have 100"):
        pptx_template.check_template(data, "own.pptx")
