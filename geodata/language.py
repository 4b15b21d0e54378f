"""Words, numbers and dates in the reader's language: the only place that formats either.

Messages come from gettext catalogues in ``locales/<code>/LC_MESSAGES/messages.mo``; English is the
language of the code and needs none. Numbers, dates and lists follow CLDR through Babel. Adding a
language is adding its catalogue.
"""

from __future__ import annotations

import datetime as dt
import gettext as gettext_module
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_compact_decimal, format_decimal, format_percent

LOCALES = Path(__file__).parent.parent / "locales"
DOMAIN = "messages"
SOURCE_LANGUAGE = "en"

# Dates and lists as the British write them ("15 May 2017", "one, two and three"), as IOM does.
_DATE_LOCALES = {"en": "en_GB"}
_RIGHT_TO_LEFT = "right-to-left"


def gettext(message: str) -> str:
    """Mark ``message`` for the catalogue where no language is known yet; translate it later."""
    return message


def ngettext(one: str, many: str) -> tuple[str, str]:
    """Mark a plural pair for the catalogue; choose and translate it later."""
    return one, many


def languages() -> tuple[str, ...]:
    """Codes of the languages that can be chosen: English and every compiled catalogue."""
    compiled = sorted(
        path.parent.parent.name for path in LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")
    )
    return (SOURCE_LANGUAGE, *(code for code in compiled if code != SOURCE_LANGUAGE))


@dataclass(frozen=True)
class Language:
    """One language: its catalogue, and how it writes numbers and dates.

    Build it with :func:`language`, which keeps one of each.
    """

    code: str
    locale: Locale
    date_locale: Locale
    catalogue: gettext_module.NullTranslations

    @property
    def direction(self) -> str:
        """``"ltr"`` or ``"rtl"``."""
        return "rtl" if self.locale.character_order == _RIGHT_TO_LEFT else "ltr"

    @property
    def tag(self) -> str:
        """BCP 47 tag for ``lang=`` attributes and ``Intl``, e.g. ``en``."""
        return str(self.locale).replace("_", "-")

    @property
    def date_tag(self) -> str:
        """BCP 47 tag of the locale that dates are written in."""
        return str(self.date_locale).replace("_", "-")

    def gettext(self, message: str, **values: object) -> str:
        """Translate ``message`` and fill its ``{name}`` placeholders."""
        text = self.catalogue.gettext(message)
        return text.format(**values) if values else text

    def ngettext(self, one: str, many: str, n: int, **values: object) -> str:
        """Translate the plural form that fits ``n``; ``{n}`` is filled with it, formatted."""
        return self.catalogue.ngettext(one, many, n).format(n=self.number(n), **values)

    def number(self, value: float, decimals: int = 0) -> str:
        """Write a number with grouping: ``3,065,502``; exactly ``decimals`` decimals."""
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return format_decimal(value, format=pattern, locale=self.locale)

    def signed(self, value: float, decimals: int = 0) -> str:
        """Write a change with its sign: ``+390``, ``−1,400`` (a true minus)."""
        sign = "+" if value > 0 else "−" if value < 0 else ""
        return sign + self.number(abs(value), decimals)

    def compact(self, value: float) -> str:
        """Write a large number short: ``3.07M``, ``780``."""
        digits = 2 if abs(value) >= 1_000_000 else 0
        return format_compact_decimal(value, fraction_digits=digits, locale=self.locale)

    def percent(self, fraction: float) -> str:
        """Write a fraction in whole percent, never rounding something down to nothing.

        ``0.457`` is ``46%``; ``0.0004`` is ``less than 1%``; ``0.9996`` is ``more than 99%``.
        """
        if 0 < fraction <= 0.005:
            return self.gettext("less than {percent}", percent=self.percent(0.01))
        if 0.995 <= fraction < 1:
            return self.gettext("more than {percent}", percent=self.percent(0.99))
        return format_percent(fraction, format="#,##0%", locale=self.locale)

    def date(self, day: dt.date, style: str = "medium") -> str:
        """Write a date: ``medium`` is ``15 Aug 2018``, ``long`` is ``15 August 2018``."""
        return format_date(day, format=style, locale=self.date_locale)

    def names(self, items: list[str]) -> str:
        """Join names as a sentence does: ``Ninewa, Anbar and Dahuk``."""
        return format_list(items, locale=self.date_locale)


@lru_cache(maxsize=16)
def language(code: str) -> Language:
    """Return the language of ``code``; English where it has no catalogue."""
    catalogue = gettext_module.translation(DOMAIN, LOCALES, [code], fallback=True)
    dates = Locale.parse(_DATE_LOCALES.get(code, code))
    return Language(code, Locale.parse(code), dates, catalogue)
