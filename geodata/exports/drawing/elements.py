"""Elements of SVG: text, groups, mirrored drawing for right-to-left, the document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import escape

from geodata.exports.drawing.text_lines import ARABIC_FAMILY, FAMILY, force_rtl
from geodata.i18n.language import Language

FONT = f"{FAMILY}, {ARABIC_FAMILY}, sans-serif"


def element(tag: str, *children: str, **attributes: object) -> str:
    """Write an element; attributes are escaped, children are markup already.

    ``_`` ends a name that Python keeps for itself, and ``__`` stands for a hyphen.
    """
    markup = "".join(
        f' {name.rstrip("_").replace("__", "-")}="{escape(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return f"<{tag}{markup}>{inside}</{tag}>" if inside else f"<{tag}{markup}/>"


def text(words: str, **attributes: object) -> str:
    """Write words as a ``text`` element."""
    return element("text", str(escape(words)), **attributes)


def title(words: str) -> str:
    """Write the title of an element or document, which browsers show and screen readers read."""
    return element("title", str(escape(words)))


@dataclass(frozen=True)
class Mirrored:
    """Where things stand across a drawing, in the direction in which its language is read.

    Places are given as for a language read from the left; what stands at the start of a line there
    stands at its end on the right here, words with it.
    """

    language: Language
    width: float

    def x(self, x: float, width: float = 0) -> float:
        """Return the left edge of what is ``width`` wide and begins at ``x``."""
        return round(self.width - x - width, 1) if self.language.rtl else x

    def text(self, words: str, **attributes: object) -> str:
        """Write a line at an ``x``, with the ``text__anchor`` that it has in Latin script."""
        if not self.language.rtl:
            return text(words, **attributes)
        anchor = attributes.get("text__anchor")
        attributes["x"] = self.x(attributes["x"])  # type: ignore[arg-type] # a number
        attributes["text__anchor"] = {"end": "start", "middle": "middle"}.get(str(anchor), "end")
        return text(force_rtl(words), **attributes)

    def lines(
        self, lines: Iterable[str], x: float, y: float, leading: float, **look: object
    ) -> str:
        """Write lines below each other, the first at ``y``."""
        return "".join(
            self.text(line, x=x, y=y + leading * n, **look) for n, line in enumerate(lines)
        )


def document(
    size: tuple[float, float],
    label: str,
    parts: Iterable[str],
    *,
    ink: str,
    ground: str = "",
    description: str = "",
    font_size: float | None = None,
    language: Language | None = None,
) -> str:
    """Return an SVG document that needs nothing else.

    Parameters
    ----------
    size
        Width and height in pixels.
    label, description
        Title and description, which are not drawn.
    ink, ground
        Colours of letters and of what lies behind everything; without a ground there is nothing.
    language
        The language that its words are in, where it is read from the right. Anchors are then those
        of :class:`Mirrored`, wherever the drawing stands.
    """
    width, height = size
    direction = {"direction": "ltr", "xml:lang": language.tag} if language and language.rtl else {}
    return element(
        "svg",
        title(label),
        element("desc", str(escape(description))) if description else "",
        element("rect", width=width, height=height, fill=ground) if ground else "",
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        width=width,
        height=height,
        viewBox=f"0 0 {width} {height}",
        font__family=FONT,
        font__size=font_size,
        fill=ink,
        role="img",
        **direction,
    )
