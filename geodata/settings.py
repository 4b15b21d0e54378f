"""Settings: read once from the environment (``DISPLACEMENT_…``) into one frozen object."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "DISPLACEMENT_"
BUNDLED = Path(__file__).parent / "bundled"


class Settings(BaseSettings):
    """What may differ between installations; everything has a default that works."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    snapshot: Path = Field(default=BUNDLED, description="Folder of the snapshot to serve.")
    suppression_threshold: int = Field(
        default=5,
        ge=0,
        le=1000,
        description="District counts below this many households are not shown; 0 shows all.",
    )
    url_base_pathname: str = Field(
        default="/", description="Where the application is mounted, e.g. /displacement/."
    )
    frame_ancestors: str = Field(
        default="'self'", description="Content-Security-Policy frame-ancestors of all pages."
    )
    embed_ancestors: str = Field(
        default="*", description="Content-Security-Policy frame-ancestors of the public map."
    )
    older_snapshots: Path | None = Field(
        default=None,
        description="Folder of snapshots that links and embeds frozen with v= are answered from.",
    )
    public_url: str = Field(
        default="",
        description="Where readers find the application, e.g. https://example.org; else as asked.",
    )
    trusted_proxies: int = Field(
        default=0, ge=0, le=10, description="How many proxies before it set X-Forwarded-*."
    )
    cached_views: int = Field(
        default=256, ge=1, description="How many computed answers are kept in memory."
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
