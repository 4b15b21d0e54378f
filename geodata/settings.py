"""Settings: read once from the environment (``DISPLACEMENT_…``) into one frozen object."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from geodata.household_sizes import UNSAID

PREFIX = "DISPLACEMENT_"
BUNDLED = Path(__file__).parent / "bundled" / "snapshot"
LIBRARY = Path(__file__).parents[1] / "snapshots"

_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
_PORT = r":\d{1,5}"
_SCHEME = r"[A-Za-z][A-Za-z0-9+.-]*"
# What Content-Security-Policy knows: a scheme, or a host with or without scheme and port.
_ANCESTOR = re.compile(rf"{_SCHEME}:|(?:{_SCHEME}://)?(?:\*\.)?{_HOST}(?:{_PORT}|:\*)?")
_PUBLIC_URL = re.compile(rf"https?://(?:{_HOST}|\[[0-9A-Fa-f:.]+\])(?:{_PORT})?")
_NOBODY, _ITSELF = "'none'", "'self'"


class Settings(BaseSettings):
    """What may differ between installations; everything has a default that works."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    snapshot: Path = Field(
        default=BUNDLED,
        description="Folder of the snapshot to serve while the library has none that is active.",
    )
    snapshots: str = Field(
        default=str(LIBRARY),
        description="Library of snapshots: a folder, or an address like s3://bucket/folder. The "
        "active one is served, the others answer links and embeds frozen with v=.",
    )
    store: str = Field(
        default="",
        description="Engine that counts are asked for in: postgres://user:password@host/database, "
        "or nothing for DuckDB in each process.",
    )
    suppression_threshold: int = Field(
        default=5,
        ge=0,
        le=1000,
        description="District counts below this many households are not shown; 0 shows all.",
    )
    persons_per_household: float | None = Field(
        default=None,
        ge=1,
        le=50,
        description="People that a household is taken to hold where only people were counted: "
        "counts below the threshold's households times this are not shown. Unless set, what the "
        f"country says for the date, else {UNSAID}.",
    )
    old_after_days: int = Field(
        default=180,
        ge=0,
        description="Age of the newest figure from which pages say how many months ago it is of.",
    )
    largest_fall: float = Field(
        default=0.2,
        ge=0,
        lt=1,
        description="Part by which a national total may fall against the round before, or against "
        "what it replaces; one that falls further stops an ingest unless --allow-fall is passed.",
    )
    plugins: str = Field(
        default="",
        description="Python files that extend the map page (docs/extending.md), separated by "
        "commas: beside app.py, or with their whole path.",
    )
    url_base_pathname: str = Field(
        default="/",
        description="Where the application is mounted, e.g. /displacement/; a proxy in front of it "
        "passes paths on as they are, with this at their start.",
    )
    frame_ancestors: str = Field(
        default="'self'", description="Content-Security-Policy frame-ancestors of all pages."
    )
    embed_ancestors: str = Field(
        default="*", description="Content-Security-Policy frame-ancestors of the public map."
    )
    public_url: str = Field(
        default="",
        description="Where readers find the application, e.g. https://example.org; else as asked.",
    )
    trusted_proxies: int = Field(
        default=0, ge=0, le=10, description="How many proxies before it set X-Forwarded-*."
    )
    mcp: bool = Field(
        default=False,
        description="Whether assistants may ask for figures by the Model Context Protocol, at _mcp "
        "below where the application is mounted.",
    )
    cached_views: int = Field(
        default=256, ge=1, description="How many computed answers of a snapshot are kept in memory."
    )
    cached_megabytes: int = Field(
        default=64, ge=1, description="Memory for answers that are kept as they were sent."
    )

    @field_validator("url_base_pathname")
    @classmethod
    def _has_slashes_at_both_ends(cls, value: str) -> str:
        if not (value.startswith("/") and value.endswith("/")):
            raise ValueError(f"must start and end with a slash, like /displacement/; got {value!r}")
        return value

    @field_validator("frame_ancestors", "embed_ancestors")
    @classmethod
    def _names_who_may_frame(cls, value: str) -> str:
        """Check that a policy knows each word, so that none ends the rule or is ignored."""
        if re.search(r"[;,\r\n]", value):
            raise ValueError(
                "separate with spaces; no comma, semicolon or line end may be in it, "
                f"as each would end the rule; got {value!r}"
            )
        words = value.split()
        if not words:
            raise ValueError(f"name who may frame the pages: {_ITSELF}, {_NOBODY}, * or addresses")
        if _NOBODY in words and len(words) > 1:
            raise ValueError(f"{_NOBODY} stands alone: beside others it is ignored; got {value!r}")
        for word in words:
            if word not in (_ITSELF, _NOBODY, "*") and not _is_ancestor(word):
                raise ValueError(
                    f"{word!r} is not known: use {_ITSELF} or {_NOBODY} with their quotes, *, a "
                    "scheme like https:, or a host like https://example.org or *.example.org:8080 "
                    "without a path"
                )
        return " ".join(words)

    @field_validator("public_url")
    @classmethod
    def _is_an_origin(cls, value: str) -> str:
        """Return scheme and host only: what follows them is ``url_base_pathname``."""
        bare = value.removesuffix("/")
        if value and not _PUBLIC_URL.fullmatch(bare):
            raise ValueError(
                "must be http:// or https:// and a host, like https://example.org; a path belongs "
                f"in url_base_pathname; got {value!r}"
            )
        return bare


def _is_ancestor(word: str) -> bool:
    """Tell whether a policy knows ``word``; a keyword without its quotes would be a host's name."""
    return bool(_ANCESTOR.fullmatch(word)) and word not in (_ITSELF.strip("'"), _NOBODY.strip("'"))
