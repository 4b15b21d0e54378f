"""Citations name who counted, what, when and in which snapshot, and lead back to the figures."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.figures import state
from geodata.figures.state import encode_query
from geodata.text import citation
from geodata.text.citation import Citation
from tests.bundled import SNAPSHOT
from tests.views import viewed

TODAY = dt.date(2026, 1, 2)
SITE = "https://example.org/"
IOM = "International Organization for Migration (IOM)"


def cited(text: str = "", *, today: dt.date = TODAY, site: str = SITE) -> Citation:
    view = viewed(SNAPSHOT, text)
    link = f"{site}?{encode_query(state.frozen(view.state, SNAPSHOT), SNAPSHOT)}"
    return citation.cite(view, url=link, accessed=today)


# -------------------------------------------------------------------------------------- plain text


def test_a_citation_in_plain_text():
    assert citation.footnote(cited("pop=returnee&time=2017-05-15")) == (
        f"{IOM} (2017). Where people have returned in Iraq, 15 May 2017. Iraq displacement map, "
        f"snapshot {SNAPSHOT.version}. "
        f"{SITE}?pop=returnee&time=2017-05-15&v={SNAPSHOT.version} (accessed 2 January 2026). "
        f"Source: {IOM}, Displacement Tracking Matrix (DTM) Iraq. "
        "National totals: reports of IOM DTM Iraq, and texts that quote them. "
        "Boundaries: OCHA and Iraq CSO, COD-AB 2019, simplified."
    )


def test_a_citation_without_a_date_cites_the_newest_and_stays_with_it():
    found = cited()
    assert found.day == dt.date(2024, 12, 31)
    assert "time=2024-12-31" in found.url


def test_a_change_is_cited_with_both_dates():
    found = cited("mode=change&time=2018-08-31&base=2017-05-15")
    assert found.title.endswith(", 31 August 2018 compared with 15 May 2017")


def test_refugees_are_cited_as_whom_registered_them_not_as_iom():
    found = cited("pop=refugee")
    assert found.authors == ("UNHCR",)
    assert "IOM" not in citation.footnote(found)


def test_a_rate_credits_the_residents_too_and_a_programme_those_who_say_where_it_works():
    assert "Residents: Iraq CSO" in citation.footnote(cited("measure=rate"))
    assert "Programmes: public texts of IOM Iraq" in citation.footnote(cited("prog=PHSS"))


def test_nobody_is_named_as_publisher_of_the_site():
    (item,) = citation.csl(cited())
    assert "publisher" not in item
    assert "publisher" not in citation.bibtex(cited())


# --------------------------------------------------------------------------------------------- key


def test_the_key_is_the_same_on_another_day_and_behind_another_address():
    later = cited("prog=PHSS", today=dt.date(2030, 5, 6), site="http://elsewhere.test:8050/map/")
    assert later.key == cited("prog=PHSS").key


def test_the_newest_date_has_one_key_whether_it_was_named_or_not():
    assert cited("time=latest").key == cited("time=2024-12-31").key == cited().key


def test_another_view_has_another_key():
    asked = ["", "pop=returnee", "measure=rate", "level=2", "prog=PHSS", "area=IQG15", "time=R50"]
    keys = [cited(text).key for text in asked]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"irq-[a-z]+-\d{4}-\d\d-\d\d-[0-9a-f]{6}", key) for key in keys)


# ------------------------------------------------------------------------------------------ BibTeX


def balanced(text: str) -> bool:
    """Whether braces match as BibTeX counts them: an escaped one is one, too."""
    depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    return depth == 0


def bibtex_fields(entry: str) -> dict[str, str]:
    """The fields of an entry, without the braces around them."""
    head, body = entry.split(",\n", 1)
    assert re.fullmatch(r"@misc\{[a-z0-9-]+", head)
    lines = body.removesuffix("\n}").split(",\n")
    return {
        name.strip(): value.removeprefix("{").removesuffix("}")
        for name, value in (line.split(" = ", 1) for line in lines)
    }


def untexed(text: str) -> str:
    """What TeX would print."""
    words = {"backslash": "\\", "braceleft": "{", "braceright": "}"}
    words |= {"asciitilde": "~", "asciicircum": "^"}
    return re.sub(
        r"\\(?:text(\w+)\{\}|(.))", lambda found: words.get(found[1], "") or found[2] or "", text
    )


def test_a_citation_as_bibtex():
    entry = citation.bibtex(cited("time=2017-05-15"))
    fields = bibtex_fields(entry)
    assert fields["author"] == f"{{{IOM}}}"
    assert fields["title"] == "{Where displaced people are living in Iraq, 15 May 2017}"
    assert (fields["year"], fields["month"]) == ("2017", "may")
    assert fields["version"] == SNAPSHOT.version
    assert fields["url"] == f"{SITE}?time=2017-05-15&v={SNAPSHOT.version}"
    assert fields["urldate"] == "2026-01-02"
    assert fields["howpublished"] == "Iraq displacement map"
    assert balanced(entry)


def test_what_is_special_to_tex_is_escaped():
    title = r"50% of {A_B} & C#1 costs $2 ~ x^2 \end"
    fields = bibtex_fields(citation.bibtex(dataclasses.replace(cited(), title=title)))
    assert fields["title"] == (
        r"{50\% of \textbraceleft{}A\_B\textbraceright{} \& C\#1 costs \$2 "
        r"\textasciitilde{} x\textasciicircum{}2 \textbackslash{}end}"
    )


@given(text=st.text(st.characters(codec="utf-8"), max_size=60))
@settings(deadline=None)
def test_no_text_breaks_out_of_its_field(text):
    found = dataclasses.replace(
        cited(), title=text, authors=(text,), credits=(text,), url=f"https://x.org/?q={text}"
    )
    entry = citation.bibtex(found)
    assert balanced(entry)
    (title,) = re.findall(r"^  title = \{\{(.*)\}\},$", entry, re.MULTILINE) or [None]
    assert title is not None
    assert untexed(title) == " ".join(text.split())


# ---------------------------------------------------------------------------------------- CSL-JSON

# From csl-data.json, the schema of CSL 1.0.2: whatever else there is, is not allowed.
CSL_TEXTS = {
    *("id", "type", "language", "title", "container-title", "version", "URL", "note"),
    *("abstract", "archive", "genre", "medium", "publisher", "publisher-place", "source"),
}
CSL_NAMES = {"author", "contributor", "editor"}
CSL_DATES = {"accessed", "issued", "submitted"}
CSL_TYPES = {"article", "dataset", "document", "figure", "graphic", "map", "report", "webpage"}


def csl_problems(items: Any) -> list[str]:
    """Where a value is not as the schema has it."""
    problems = [] if isinstance(items, list) else ["not a list"]
    for item in items:
        problems += [f"{key} is missing" for key in {"id", "type"} - item.keys()]
        problems += [] if item["type"] in CSL_TYPES else [f"no type {item['type']}"]
        for key, value in item.items():
            if key in CSL_TEXTS:
                sound = isinstance(value, str)
            elif key in CSL_NAMES:
                sound = all(
                    each.keys() <= {"family", "given", "literal"}
                    and all(isinstance(part, str) for part in each.values())
                    for each in value
                )
            elif key in CSL_DATES:
                sound = value.keys() == {"date-parts"} and all(
                    1 <= len(parts) <= 3 and all(isinstance(part, int) for part in parts)
                    for parts in value["date-parts"]
                )
            else:
                sound = False
            problems += [] if sound else [key]
    return problems


@pytest.mark.parametrize("text", ["", "pop=refugee&measure=rate", "mode=change&level=2&prog=CRP"])
def test_csl_json_is_as_its_schema_has_it(text):
    items = json.loads(json.dumps(citation.csl(cited(text))))
    assert csl_problems(items) == []
    (item,) = items
    assert {"title", "author", "issued", "accessed", "URL", "version"} <= item.keys()


def test_the_shape_of_csl_json_is_really_looked_at():
    (item,) = citation.csl(cited())
    assert csl_problems([item | {"made-up": "x"}]) == ["made-up"]
    assert csl_problems([item | {"title": 1}]) == ["title"]
    assert csl_problems([item | {"issued": {"date-parts": [["2021"]]}}]) == ["issued"]


def test_a_citation_as_csl_json():
    (item,) = citation.csl(cited("time=2017-05-15"))
    assert item["author"] == [{"literal": IOM}]
    assert item["issued"] == {"date-parts": [[2017, 5, 15]]}
    assert item["accessed"] == {"date-parts": [[2026, 1, 2]]}
    assert item["version"] == SNAPSHOT.version
    assert item["id"] == cited("time=2017-05-15").key


# --------------------------------------------------------------------------------- the link in it


@pytest.mark.parametrize(
    "text", ["", "pop=returnee&prog=PHSS~CRP&measure=share&level=2&area=IQG15"]
)
def test_the_link_leads_to_the_same_figures(text):
    found = cited(text)
    again = viewed(SNAPSHOT, urlsplit(found.url).query)
    assert again.state.v == SNAPSHOT.version
    assert again.counts.dates[again.date_index()] == found.day
    assert cited(urlsplit(found.url).query) == found
