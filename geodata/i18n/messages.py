"""Mark and look up messages; set sentence case."""

from __future__ import annotations


def sentence_case(said: str) -> str:
    """Begin with a capital letter."""
    return said[:1].upper() + said[1:]


def gettext(message: str) -> str:
    """Mark ``message`` for the catalogue where no language is known yet; translate it later."""
    return message


def ngettext(one: str, many: str) -> tuple[str, str]:
    """Mark a plural pair for the catalogue; choose and translate it later."""
    return one, many


def pgettext(context: str, message: str) -> tuple[str, str]:
    """Mark a message that needs a ``context`` to be translated; translate it later."""
    return context, message
