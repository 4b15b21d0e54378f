"""Digits, separators and dates of each language."""

from __future__ import annotations

from dataclasses import dataclass

WESTERN, NATIVE = "western", "native"
DIGITS = (WESTERN, NATIVE)


@dataclass(frozen=True)
class LocaleOverrides:
    """How a language is written where CLDR has nothing, or not what its readers write.

    Attributes
    ----------
    name
        The language's name for itself, as short as it is in a list of languages.
    dates
        Locale that names the months.
    long, medium
        How a date is written, in CLDR's letters.
    months
        Names of months to be put in place of CLDR's.
    quotes
        Marks around what is quoted.
    plurals
        Language whose plural rule browsers know and is the same.
    compact
        Suffixes of thousands, millions and billions.
    points
        Suffix of a difference of percentages, which is no percentage.
    two, several
        Separators of the last two items of a list, and of the others; empty: CLDR's.
    digits
        The ten digits of ``digits=native``; their signs are those of CLDR's ``arab``.
    collation
        Locale whose order of letters browsers know.
    names
        Languages whose names of areas stand in where this one has none.
    also
        Beginnings of language tags, in small letters, whose readers read this language, too:
        "Kurdish" is Sorani where it is written in Arabic letters, and Kurmanji where it is not.
    """

    name: str = ""
    dates: str = ""
    long: str = "long"
    medium: str = "medium"
    months: tuple[tuple[str, str], ...] = ()
    compact: tuple[str, str, str] = ("K", "M", "B")
    points: str = "\xa0points"
    quotes: tuple[str, str] = ("“", "”")
    two: str = ""
    several: str = ""
    digits: str = ""
    collation: str = ""
    plurals: str = ""
    names: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


_ARABIC_INDIC = "٠١٢٣٤٥٦٧٨٩"
WRITING = {
    # As the British write them ("15 May 2017", "one, two and three"), as IOM does.
    "en": LocaleOverrides("English", "en_GB", collation="en"),
    # The months of Iraq and the Levant ("كانون الثاني"); CLDR's medium date is 15/05/2017.
    "ar": LocaleOverrides(
        "العربية",
        "ar_IQ",
        long="d MMMM y",
        medium="d MMMM y",
        compact=("\xa0ألف", "\xa0مليون", "\xa0مليار"),
        points="\xa0نقطة",
        quotes=("«", "»"),
        digits=_ARABIC_INDIC,
        collation="ar",
        also=("arb", "ara", "acm", "ayp"),
    ),
    # CLDR spells one December otherwise than January, and has no medium date that reads from
    # right to left, no lists and no words for large numbers; browsers have no Sorani at all.
    "ckb": LocaleOverrides(
        "کوردی",
        "ckb_IQ",
        long="dی MMMMی y",
        medium="d MMMM y",
        months=(("کانونی یەکەم", "کانوونی یەکەم"),),
        compact=("\xa0هەزار", "\xa0ملیۆن", "\xa0ملیار"),
        points="\xa0خاڵ",
        quotes=("«", "»"),
        plurals="en",
        two=" و ",
        several="، ",
        digits=_ARABIC_INDIC,
        collation="ar",
        names=("ar",),
        also=("ku-arab", "kmr-arab", "ku-iq", "ku-ir"),
    ),
}
