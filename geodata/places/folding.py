"""Fold spellings of one name into one: accents, articles, Arabic forms."""

from __future__ import annotations

import re
import unicodedata

_ARTICLES = re.compile(r"^(?:al|as|an|ad|at|ash|az|ar)[\W_]+", re.IGNORECASE)
_ARABIC_ARTICLE = re.compile(r"(?<!\w)ال(?=\w{2})")
# Letters that are written in several forms, by keyboard and by habit; search boxes have them, too.
ARABIC_FORMS = {
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ئ": "ي", "ة": "ه", "ؤ": "و",
    "ک": "ك", "ە": "ه", "ھ": "ه", "ـ": "",
    # Sorani without its marks, as on keyboards that lack them.
    "ێ": "ي", "ۆ": "و", "ڕ": "ر", "ڵ": "ل",
}  # fmt: skip
_ARABIC_FORMS = str.maketrans(ARABIC_FORMS)
_NOT_LETTERS = re.compile(r"[^\w]+")
_LATIN_FORMS = {"ı": "i", "ø": "o", "ß": "ss"}
# What a script needs to fold as it is done here (``assets/js/folding.js``).
LETTER_FORMS = ARABIC_FORMS | _LATIN_FORMS
_ASCII_LETTERS = str.maketrans(_LATIN_FORMS | {"’": "", "ʿ": "", "ʾ": "", "'": ""})


def fold(name: str) -> str:
    """Fold a place name to what stays the same between spellings.

    Case, accents, apostrophes, hyphens, spaces, the Latin article (``Al-``, ``As-`` …), the Arabic
    article and the Arabic letters that are written in several forms are dropped or made one.

    >>> fold("Al -Anbār") == fold("anbar")
    True
    """
    text = unicodedata.normalize("NFKD", name.strip().translate(_ASCII_LETTERS))
    text = "".join(char for char in text if not unicodedata.combining(char))
    text = unicodedata.normalize("NFKC", text).translate(_ARABIC_FORMS).casefold()
    text = _ARABIC_ARTICLE.sub("", _ARTICLES.sub("", text))
    # An article inside the name ("Salah al-Din", "Abu Al-Khaseeb") is part of its sound: keep it.
    return _NOT_LETTERS.sub("", text).replace("_", "")
