"""Words, numbers and dates in the reader's language: the only place that formats either.

Messages come from gettext catalogues, ``locales/<code>/LC_MESSAGES/messages.po``, compiled in
memory when a language is first asked for; English is the language of the code and needs none.
Numbers, dates and lists follow CLDR through Babel; :data:`WRITING` holds what CLDR lacks or says
otherwise than the country writes. Adding a language is adding its catalogue, and its row there.

In a language written from right to left everything that is put into a sentence is isolated
(Unicode's FSI … PDI), so that numbers, codes and Latin names neither move nor turn their
surroundings; :func:`strip_isolates` takes the isolates out where a text is not for display.
"""

from __future__ import annotations

import datetime as dt
import gettext as gettext_module
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from babel import Locale
from babel.dates import format_date, get_month_names
from babel.lists import format_list

from geodata.i18n.rounding import as_decimal, exactly, rounded
from geodata.i18n.writing import NATIVE, WESTERN, WRITING, LocaleOverrides

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

LOCALES = Path(__file__).parents[2] / "locales"
DOMAIN = "messages"
SOURCE_LANGUAGE = "en"
_THOUSAND = 1000
# The order in which languages are offered; those not named here follow.
_ORDER = ("en", "ar", "ckb")

LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"
_ISOLATES = str.maketrans("", "", LRI + RLI + FSI + PDI)
_MARKS = "\u200e\u200f\u061c"
_RIGHT_TO_LEFT = "right-to-left"
# A number in the words of a message: no part of a code, a file's name, a date or a size.
_NUMBER_IN_TEXT = re.compile(r"(?<![\w=./-])\d[\d,.]*(?<=\d)%?(?![\w=/-])", re.ASCII)


def strip_isolates(text: str) -> str:
    """Remove the isolates, for file names and cells, which are no sentences."""
    return text.translate(_ISOLATES)


def languages() -> tuple[str, ...]:
    """Return codes of the languages that can be chosen: English and every one with a catalogue."""
    return _languages(LOCALES)


@lru_cache(maxsize=8)
def _languages(folder: Path) -> tuple[str, ...]:
    """Return the codes of the languages with a catalogue in ``folder``, and of English."""
    codes = {path.parent.parent.name for path in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")}
    codes.add(SOURCE_LANGUAGE)
    first = [code for code in _ORDER if code in codes]
    return (*first, *sorted(codes.difference(first)))


def language_of(tag: str) -> str:
    """Return the code of the language that a BCP 47 tag matches; empty if there is none."""
    prefix = f"{tag.lower()}-"
    for code in languages():
        ranges = (code, *WRITING.get(code, LocaleOverrides()).also)
        if any(prefix.startswith(f"{each}-") for each in ranges):
            return code
    return ""


class GroupedInt(int):
    """A whole number that counts: written with grouping where it is put into a message."""


@dataclass(frozen=True)
class Language:
    """One language: its catalogue, and how it writes numbers and dates.

    Build it with :func:`load_language`, which keeps one of each.

    Attributes
    ----------
    digits
        :data:`WESTERN`, or :data:`NATIVE` for the digits of its own script, if it has any.
    """

    code: str
    locale: Locale
    date_locale: Locale
    catalogue: gettext_module.NullTranslations
    digits: str = WESTERN

    @cached_property
    def direction(self) -> str:
        """``"ltr"`` or ``"rtl"``."""
        return "rtl" if self.locale.character_order == _RIGHT_TO_LEFT else "ltr"

    @property
    def rtl(self) -> bool:
        """Whether it is written from right to left."""
        return self.direction == "rtl"

    @property
    def tag(self) -> str:
        """BCP 47 tag for ``lang=`` attributes, e.g. ``en``."""
        return str(self.locale).replace("_", "-")

    @property
    def og_locale(self) -> str:
        """Language and country for Open Graph: ``ar_IQ``."""
        return str(self.date_locale)

    @property
    def name(self) -> str:
        """The language's own name."""
        return self.writing.name or self.locale.display_name or self.code

    @property
    def writing(self) -> LocaleOverrides:
        """How the language is written where CLDR has nothing, or something else."""
        return WRITING.get(self.code, LocaleOverrides())

    @cached_property
    def _native(self) -> dict[int, str]:
        """Map of Western digits and signs to native ones; empty where Western are used."""
        digits = self.writing.digits if self.digits == NATIVE else ""
        if not digits:
            return {}
        western, native = self._signs("latn"), self._signs("arab")
        return {ord("0") + n: digit for n, digit in enumerate(digits)} | {
            ord(western[name]): native[name] for name in western
        }

    @cached_property
    def _numerals(self) -> dict[int, str]:
        """Map of the digits and signs that Python writes to those of the language."""
        signs = self._signs("arab" if self._native else "latn")
        own = {",": signs["group"], ".": signs["decimal"], "%": signs["percentSign"]}
        return {**self._native, **str.maketrans(own)}

    def _signs(self, system: str) -> dict[str, str]:
        """Return the group, decimal and percent signs, without CLDR's marks of direction."""
        signs = self.locale.number_symbols[system]
        return {name: signs[name].strip(_MARKS) for name in ("group", "decimal", "percentSign")}

    # ---- messages

    def gettext(self, message: str, **values: object) -> str:
        """Translate ``message`` and fill its ``{name}`` placeholders.

        A whole number among the values is written in the reader's digits, without grouping.
        """
        text = self.catalogue.gettext(message) if message else ""  # it knows "" as its own header
        return self._filled(text, values, is_translated=text != message)

    def pgettext(self, context: str, message: str, **values: object) -> str:
        """Translate ``message`` as it is meant in ``context``; fill its placeholders."""
        text = self.catalogue.pgettext(context, message)
        return self._filled(text, values, is_translated=text != message)

    def ngettext(
        self, singular: str, plural: str, n: int, formatted: str = "", **values: object
    ) -> str:
        """Translate the plural form that fits ``n``; ``{n}`` is filled with it, formatted.

        ``formatted`` replaces the number where it is written otherwise: a change with its sign.
        """
        text = self.catalogue.ngettext(singular, plural, n)
        fields = {"n": formatted or self.number(n), **values}
        return self._filled(text, fields, is_translated=text not in (singular, plural))

    def plurals(self, singular: str, plural: str) -> dict[str, str]:
        """Return every plural form by its CLDR name, for scripts to choose from."""
        rule, forms = self.locale.plural_form, {}
        for n in (0, 1, 2, 3, 11, 100):
            forms[rule(n)] = self.native(self.catalogue.ngettext(singular, plural, n))
        return forms

    def quoted(self, value: str) -> str:
        """Quote a reader's value, cut to a length that can be read."""
        first, last = self.writing.quotes
        return f"{first}{value[:60]}{last}"

    def _filled(self, text: str, values: dict[str, object], *, is_translated: bool) -> str:
        """Fill the placeholders of a message; one that is not translated is in English."""
        text = self.native(text)
        if not values:
            return text
        filled = text.format(**{name: self.isolated(value) for name, value in values.items()})
        if not self.rtl:
            return filled
        # A range ("3 – 9") has no letter that says which way it goes; what begins with a Latin
        # name would go that name's way. What is still English keeps its own.
        kind = _first_direction(filled)
        return f"{RLI}{filled}{PDI}" if not kind or (kind == "L" and is_translated) else filled

    def native(self, text: str) -> str:
        """Write the numbers in a text in the reader's digits."""
        if not self._native:
            return text
        return _NUMBER_IN_TEXT.sub(lambda match: match[0].translate(self._native), text)

    def isolated(self, value: object) -> str:
        """Isolate the direction of a value, if the language is written from right to left."""
        if isinstance(value, GroupedInt):
            value = self.number(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            value = str(value).translate(self._native)
        text = str(value)
        if not self.rtl or not text:
            return text
        # A list of codes goes the way of the sentence, whatever they are written in.
        mark = RLI if FSI in text and not _first_direction(text) else FSI
        return f"{mark}{text}{PDI}"

    # ---- numbers

    def number(self, value: float, decimals: int = 0, sign: str = "") -> str:
        """Write a number with grouping: ``3,065,502``; exactly ``decimals`` decimals.

        ``sign`` follows it: ``%`` where the number is in percent.
        """
        return self._figure(value, decimals, sign)

    def whole(self, value: int) -> str:
        """Write a number that names rather than counts, a year or a rank: ``2018``."""
        return str(value).translate(self._native)

    def signed(self, value: float, decimals: int = 0, sign: str = "") -> str:
        """Write a change with its sign: ``+390``, ``−1,400`` (a true minus).

        Where numbers are in percent, which ``sign`` tells, changes are in points: ``−1.2 points``.
        """
        points = self.writing.points if sign else ""
        return self._figure(value, decimals, plus="+") + points

    def compact(self, value: float, *, change: bool = False) -> str:
        """Write a large number short, ``3.07M``, ``780``; a ``change`` with a sign: ``+1.20M``.

        Thousands are whole, what is larger has two decimals.
        """
        plus = "+" if change else ""
        suffixes = iter(self.writing.compact)
        size, decimals, suffix = as_decimal(value), 0, ""
        while abs(exactly(size, decimals)) >= _THOUSAND and (next_suffix := next(suffixes, "")):
            decimals = 2 if suffix else 0
            size, suffix = size / _THOUSAND, next_suffix
        return self._figure(float(size), decimals, plus=plus) + suffix

    def percent(self, fraction: float) -> str:
        """Write a fraction in whole percent, never rounding something down to nothing.

        ``0.457`` is ``46%``; ``0.0004`` is ``less than 1%``; ``0.9996`` is ``more than 99%``.
        """
        if 0 < fraction < 0.005:
            return self.gettext("less than {percent}", percent=self.percent(0.01))
        if 0.995 <= fraction < 1:
            return self.gettext("more than {percent}", percent=self.percent(0.99))
        return self._figure(float(as_decimal(fraction) * 100), sign="%")

    def _figure(self, value: float, decimals: int = 0, sign: str = "", *, plus: str = "") -> str:
        """Write a number in the reader's digits and signs, with the sign of the rounded number."""
        figure = rounded(value, decimals)
        leading = "−" if figure < 0 else plus if figure > 0 else ""
        digits = f"{abs(figure):,.{decimals}f}{sign}".translate(self._numerals)
        return self._after_sign(leading, digits)

    def _after_sign(self, sign: str, digits: str) -> str:
        """Put a sign before a number, where it is read first, also alone in a cell.

        That is to the left of Western digits. A word after them keeps the direction of its
        language.
        """
        if not sign or not self.rtl:
            return sign + digits
        return f"{RLI if self._native else LRI}{sign}{digits}{PDI}"

    # ---- dates and lists

    def date(self, day: dt.date, style: str = "medium") -> str:
        """Write a date: ``medium`` is ``15 Aug 2018``, ``long`` is ``15 August 2018``."""
        pattern = self.writing.long if style == "long" else self.writing.medium
        text = format_date(day, format=pattern, locale=self.date_locale)
        for month, corrected in self.writing.months:
            text = text.replace(month, corrected)
        return text.translate({**self._native, ord(","): ","}) if self._native else text

    def join_names(self, items: list[str]) -> str:
        """Join names as a sentence does: ``Ninewa, Anbar and Dahuk``."""
        isolated = [self.isolated(item) for item in items]
        last = self.writing.two
        if not last or len(isolated) < 2:
            return format_list(isolated, locale=self.date_locale)
        return self.writing.several.join(isolated[:-1]) + last + isolated[-1]

    def join_items(self, items: Iterable[str]) -> str:
        """Join choices or codes with commas: ``map, table``."""
        return self._comma.join(map(self.isolated, items))

    @property
    def _comma(self) -> str:
        return "، " if self.rtl else ", "

    @property
    def semicolon(self) -> str:
        """The separator of clauses that have commas of their own."""
        return "؛ " if self.rtl else "; "

    def js_format(self) -> dict[str, Any]:
        """Return the rules by which ``assets/js/format.js`` writes numbers and dates as here."""
        signs = self._signs("arab" if self._native else "latn")
        return {
            "digits": self.writing.digits if self._native else "",
            "group": signs["group"],
            "decimal": signs["decimal"],
            "percent": signs["percentSign"],
            "compact": list(self.writing.compact),
            "points": self.writing.points,
            "rtl": self.rtl,
            "plurals": self.writing.plurals or self.code,
            "comma": self._comma,
            "two": self.writing.two or self._joins()[0],
            "several": self.writing.several or self._joins()[1],
            "collation": self.writing.collation or self.code,
            "dates": {"long": self._date_parts("long"), "short": self._date_parts("medium")},
        }

    def _joins(self) -> tuple[str, str]:
        """Return CLDR's conjunction of two items, and the separator of those before them."""
        two, three = (format_list([*items], locale=self.date_locale) for items in ("01", "012"))
        return two[1:-1], three[1 : three.index("1")]

    def _date_parts(self, style: str) -> dict[str, Any]:
        """Return the pattern of a date, with its parts named, and the twelve months."""
        pattern = self.writing.long if style == "long" else self.writing.medium
        if pattern in self.locale.date_formats:
            pattern = self.date_locale.date_formats[pattern].pattern
        width: Literal["wide", "abbreviated"] = "wide" if "MMMM" in pattern else "abbreviated"
        corrected = dict(self.writing.months)
        names = get_month_names(width, locale=self.date_locale)
        months = [corrected.get(names[n], names[n]) for n in range(1, 13)]
        parts = re.sub(r"M+", "{month}", re.sub(r"\bd", "{day}", pattern))
        return {"pattern": re.sub(r"\by$", "{year}", parts), "months": months}


def _first_direction(text: str) -> str:
    """Return the bidirectional class of the first letter outside isolates; empty without one."""
    depth = 0
    for char in text:
        if char in (LRI, RLI, FSI):
            depth += 1
        elif char == PDI:
            depth -= 1
        elif not depth and (kind := unicodedata.bidirectional(char)) in ("L", "R", "AL"):
            return kind
    return ""


def _complete(catalogue: Catalog) -> Catalog:
    """Drop untranslated and fuzzy entries, so that gettext falls back to English."""
    from babel.messages.catalog import Catalog

    complete = Catalog(locale=catalogue.locale, charset="utf-8")
    complete.mime_headers = catalogue.mime_headers  # has the plural forms
    for message in catalogue:
        texts = [message.string] if isinstance(message.string, str) else message.string
        if message.id and texts and all(texts) and not message.fuzzy:
            complete[message.id] = message
    return complete


@lru_cache(maxsize=16)
def _catalogue(path: Path) -> gettext_module.NullTranslations:
    """Compile a catalogue in memory; what it lacks stays English."""
    if not path.exists():
        return gettext_module.NullTranslations()
    # Only where one is read: English, which most ask for, starts without.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, _complete(read_po(file, locale=path.parent.parent.name)))
    compiled.seek(0)
    return gettext_module.GNUTranslations(compiled)


@lru_cache(maxsize=32)
def load_language(code: str, digits: str = WESTERN) -> Language:
    """Return the language of ``code``; English where it has no catalogue.

    Parameters
    ----------
    digits
        One of :data:`~geodata.i18n.writing.DIGITS`.
    """
    catalogue = (
        gettext_module.NullTranslations()
        if code == SOURCE_LANGUAGE
        else _catalogue(LOCALES / code / "LC_MESSAGES" / f"{DOMAIN}.po")
    )
    dates = Locale.parse(WRITING.get(code, LocaleOverrides()).dates or code)
    return Language(code, Locale.parse(code), dates, catalogue, digits)
