"""Mark and look up messages; set sentence case."""

from __future__ import annotations


def sentence_case(text: str) -> str:
    """Write the first letter of a text as a capital."""
    return text[:1].upper() + text[1:]


def gettext(message: str) -> str:
    """Mark ``message`` for the catalogue where no language is known yet; translate it later."""
    return message


def ngettext(singular: str, plural: str) -> tuple[str, str]:
    """Mark a plural pair for the catalogue; choose and translate it later."""
    return singular, plural


def pgettext(context: str, message: str) -> tuple[str, str]:
    """Mark a message that needs a ``context`` to be translated; translate it later."""
    return context, message
