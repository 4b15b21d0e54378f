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
    cached_views: int = Field(
        default=256, ge=1, description="How many computed answers are kept in memory."
    )

    @field_validator("url_base_pathname")
    @classmethod
    def _has_slashes_at_both_ends(cls, value: str) -> str:
        if not (value.startswith("/") and value.endswith("/")):
            raise ValueError(f"must start and end with a slash, like /displacement/; got {value!r}")
        return value
