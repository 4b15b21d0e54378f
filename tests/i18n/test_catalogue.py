"""The catalogues: what is collected, what a translation lacks, what is said outside of them."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog

from geodata.i18n import catalogue, untranslated
from tests.paths import ROOT

HEAD = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);\\n"

"""  # noqa: E501
ONE = 'msgid "{n} area in {place}"\nmsgid_plural "{n} areas in {place}"\n'


def forms(*said: str) -> str:
    return ONE + "".join(f'msgstr[{i}] "{text}"\n' for i, text in enumerate(said))


GOOD = forms("لا {place}", "واحدة {place}", "اثنتان {place}", *["{n} {place}"] * 3)


@pytest.fixture
def wanted() -> Catalog:
    made = Catalog()
    made.add("Map of {country}")
    made.add(("{n} area in {place}", "{n} areas in {place}"))
    made.add("People", context="population")
    return made


MAP = 'msgid "Map of {country}"\nmsgstr "خريطة {country}"\n\n'
PEOPLE = 'msgctxt "population"\nmsgid "People"\nmsgstr "الفئة"\n\n'


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (MAP + PEOPLE + GOOD, []),
        (PEOPLE + GOOD, ["no translation of “Map of {country}”"]),
        (MAP.replace("خريطة {country}", "") + PEOPLE + GOOD, ["no translation of “Map"]),
        ("#, fuzzy\n" + MAP + PEOPLE + GOOD, ["is fuzzy"]),
        (
            MAP.replace("خريطة {country}", "خريطة") + PEOPLE + GOOD,
            ["other {placeholders}: “خريطة”"],
        ),
        (MAP.replace("خريطة {", "خريطة {x} {") + PEOPLE + GOOD, ["other {placeholders}"]),
        (MAP + PEOPLE.split("\n", 1)[1] + GOOD, ["no translation of “People”", "nowhere"]),
        (MAP + PEOPLE + forms(*["{n} {place}"] * 2), ["has 2 plural forms, not 6"]),
        (
            MAP + PEOPLE + forms(*["{n} {place}"] * 5, "{n}"),
            ["other {placeholders}: “{n}”"],
        ),
        (MAP + PEOPLE + GOOD + '\nmsgid "Gone"\nmsgstr "x"\n', ["“Gone” is nowhere in the code"]),
    ],
)
def test_what_is_wrong_with_a_translation_is_said(tmp_path, wanted, written, said):
    folder = tmp_path / "ar" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(HEAD + written, encoding="utf-8")
    found = catalogue.problems_of(folder / "messages.po", wanted)
    assert len(found) == len(said)
    for problem, part in zip(found, said, strict=True):
        assert part in problem


def test_a_translation_may_leave_out_the_form_after_of_but_not_the_other_way_round(tmp_path):
    folder = tmp_path / "ar" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    made = Catalog()
    made.add("Number of {of_people}")
    made.add("No {people}")
    written = 'msgid "Number of {of_people}"\nmsgstr "{people}: العدد"\n\n'
    path = folder / "messages.po"
    path.write_text(HEAD + written + 'msgid "No {people}"\nmsgstr "لا {people}"\n', "utf-8")
    assert catalogue.problems_of(path, made) == []
    path.write_text(HEAD + written + 'msgid "No {people}"\nmsgstr "لا {of_people}"\n', "utf-8")
    (problem,) = catalogue.problems_of(path, made)
    assert "“No {people}” has other {placeholders}" in problem


def test_a_message_is_collected_where_its_words_stand_and_no_key_is_taken_for_one(tmp_path):
    code = tmp_path / "code.py"
    code.write_text(
        'language.gettext("Written here, {name}", name=WORDS["key"])\n'
        'language.gettext(WORDS["key"])\n'
        'PAIR = ngettext("{n} day", "{n} days")\n'
        "language.ngettext(*PAIR, n)\n"
        'language.pgettext("place", "Map")\n'
        'language.plurals("{n} hour", "{n} " "hours")\n',
        encoding="utf-8",
    )
    assert list(catalogue._in_python(code)) == [
        ("", "Written here, {name}"),
        ("", ("{n} day", "{n} days")),
        ("place", "Map"),
        ("", ("{n} hour", "{n} hours")),
    ]
    page = tmp_path / "page.html"
    page.write_text(
        '<p title="{{ _(\'Said\') }}">{{ language.ngettext("{n} row", "{n} rows", 3) }}</p>'
        '{{ language.pgettext("button", "Show") }}{{ _(label) }}',
        encoding="utf-8",
    )
    assert sorted(catalogue._in_template(page), key=str) == sorted(
        [("", "Said"), ("", ("{n} row", "{n} rows")), ("button", "Show")], key=str
    )


@pytest.mark.parametrize(
    ("find", "source", "said"),
    [
        (untranslated.in_template, "<p>{{ _('Fine') }}</p>\n<p>Planted</p>", "Planted"),
        (untranslated.in_template, "\n<a href='/' aria-label='Planted'>×</a>", "Planted"),
        (untranslated.in_template, "\n<input placeholder='{{ x }} Planted'>", "Planted"),
        (untranslated.in_script, "x = 1;\nnode.textContent = 'Planted';", "Planted"),
        (untranslated.in_script, "x = {\n'aria-label': `Planted ${x}` };", "Planted"),
        (untranslated.in_script, "\nconst said = 'Planted words to show';", "Planted words"),
        (untranslated.in_python, "\nsay('Planted words are here.')", "Planted words"),
        (untranslated.in_python, "\nsay(f'Planted {what} is here.')", "Planted …"),
    ],
)
def test_words_outside_the_catalogue_are_found_with_their_line(find, source, said):
    ((line, words),) = find(source)
    assert line == 2
    assert said in words


@pytest.mark.parametrize(
    ("find", "source"),
    [
        (untranslated.in_template, "{# A comment #}<p class='big words'>{{ _('Said') }} · 3</p>"),
        (untranslated.in_template, "<abbr lang='en' title='Comma'>CSV</abbr><code>v=1</code>"),
        (untranslated.in_script, "// Sets the title = 'x words'\n/* Some more words */"),
        (untranslated.in_script, "throw new Error('Planted words to find');"),
        (untranslated.in_script, "node.textContent = `${said}`;"),
        (untranslated.in_python, '"""Words of a module."""\nspeech.gettext("Said in words here.")'),
        (untranslated.in_python, "logger.exception('Words for who runs it.')"),
    ],
)
def test_names_comments_and_what_readers_never_see_are_left_alone(find, source):
    assert find(source) == []


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("layouts/page.py", "say('Planted words are here.')"),
        ("layouts/figures/plot.py", "say('Planted words are here.')"),
        ("callbacks/page.py", "say('Planted words are here.')"),
        ("callbacks/serving/answers.py", "say('Planted words are here.')"),
        ("geodata/text/notes.py", "say('Planted words are here.')"),
        ("geodata/exports/documents/deck.py", "say('Planted words are here.')"),
        ("layouts/templates/page.html", "<p>Planted words</p>"),
        ("layouts/templates/parts/row.html", "<p>Planted words</p>"),
        ("assets/js/page/panel.js", "say('Planted words are here.');"),
    ],
)
def test_every_folder_of_what_readers_see_is_searched(tmp_path, file, source):
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(source, "utf-8")
    (sentence,) = untranslated.untranslated_text(tmp_path)
    assert sentence.startswith(f"{file}:1: “")
    assert "Planted words" in sentence


@pytest.mark.parametrize(
    "file",
    ["callbacks/commands/publish.py", "geodata/ingest/report.py", "assets/vendor/library.js"],
)
def test_what_operators_or_other_people_write_is_not_searched(tmp_path, file):
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text("say('Planted words are here.')", "utf-8")
    assert untranslated.untranslated_text(tmp_path) == []


def test_nothing_is_said_outside_the_catalogue():
    assert untranslated.untranslated_text(ROOT) == []


def test_a_translation_is_brought_to_the_code_and_nothing_said_is_lost(tmp_path):
    path = tmp_path / "ar" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    rule = "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 ? 3 : n%100>=11 ? 4 : 5);"
    path.write_text(
        f'msgid ""\nmsgstr ""\n"Plural-Forms: {rule}\\n"\n\n'
        'msgid "Map"\nmsgstr "الخريطة"\n\n#, fuzzy\nmsgid "Table"\nmsgstr "جدول"\n\n'
        'msgid "Gone"\nmsgstr "ذهب"\n\nmsgid "one works"\nmsgstr "يعمل"\n',
        "utf-8",
    )
    wanted = Catalog()
    for message in ("Map", "Table", "New", ("one works", "{n} work")):
        wanted.add(message)
    path.write_text(catalogue.update(wanted, path), "utf-8")
    text = path.read_text("utf-8")
    assert rule in text
    assert 'msgid "Map"\nmsgstr "الخريطة"' in text
    assert '#, fuzzy\nmsgid "Table"' in text
    assert 'msgid "New"\nmsgstr ""' in text
    assert "Gone" not in text
    plural = '#, fuzzy, python-brace-format\nmsgid "one works"\nmsgid_plural "{n} work"\n'
    assert f'{plural}msgstr[0] "يعمل"\nmsgstr[1] ""' in text
    assert catalogue.update(wanted, path) == text


def test_what_programmes_do_is_said_of_one_and_of_several():
    """A verb after the names of programmes needs a form for each; English has two."""
    verb = re.compile(r"\{(programmes|where)\} (works|has|is|was)\b")
    for message in catalogue.extract():
        texts = [message.id] if isinstance(message.id, str) else list(message.id)
        if verb.search(texts[0]):
            assert len(texts) == 2 and not verb.search(texts[1]), message.id
