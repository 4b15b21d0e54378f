"""The manifest of a published folder, ``published.json``: every file of one publication.

By it a folder is recognised that may be replaced, and the files of the publication before are
found that pages in a reader's browser or a cache still ask for.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geodata.errors import PublishError
from geodata.links.urls import FolderUrls

KIND = "displacement-map-folder"
MANIFEST = FolderUrls().manifest()
_LASTING = re.compile(r"(?:data|static)/[a-z0-9-]+\.[0-9a-f]{12}\.[a-z]+")
_LISTED = 3  # files that a refusal names

Entries = dict[str, dict[str, Any]]


@dataclass
class SiteManifest:
    """Files written into ``root``, each with its hash and size.

    ``root`` is a new folder (:func:`geodata.util.atomic.atomic_directory`) that takes its place as
    a whole: nothing in it is read before.

    Attributes
    ----------
    previous
        Files that only pages of the publication before ask for.
    """

    root: Path
    files: Entries = field(default_factory=dict)
    previous: Entries = field(default_factory=dict)

    def write(self, path: str, data: bytes) -> None:
        """Write a file; the same content again does nothing.

        Raises
        ------
        PublishError
            If another content was written to this path.
        """
        entry = _entry(data)
        if self.files.get(path, entry) != entry:
            raise PublishError(
                f"two of the maps would both be written to {path}: publish them into two folders"
            )
        if path not in self.files:
            _put(self.root / path, data)
            self.files[path] = entry

    def keep_previous(self, folder: Path) -> None:
        """Copy the lasting files of the publication in ``folder`` that this one no longer has.

        Where no lasting file has changed, those that it had copied itself: publishing twice gives
        the same folder twice.
        """
        before = read(folder)
        old, new = _lasting(before.get("files", {})), _lasting(self.files)
        inherited = _lasting(before.get("previous", {}))
        superseded = {path: old[path] for path in old.keys() - new.keys()}
        needed = inherited if old.keys() == new.keys() else superseded
        for path, entry in sorted(needed.items()):
            data = _unchanged(folder / path, entry)
            if data is not None:
                _put(self.root / path, data)
                self.previous[path] = entry

    def close(self, details: Mapping[str, Any]) -> None:
        """Write the manifest: ``details``, and every file with its hash and size."""
        manifest = {
            "kind": KIND,
            **details,
            "files": dict(sorted(self.files.items())),
            "previous": self.previous,
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        _put(self.root / MANIFEST, f"{text}\n".encode())


def read(folder: Path) -> dict[str, Any]:
    """Read the manifest of a published folder; empty if it has none."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) and manifest.get("kind") == KIND else {}


def check(folder: Path) -> None:
    """Check that replacing ``folder`` loses nothing.

    Raises
    ------
    PublishError
        If it holds anything that no publication wrote, or its parent folder is missing.
    """
    if not folder.parent.is_dir():
        raise PublishError(f"{folder.parent} is not there: make it, or name another folder")
    if not folder.exists() or not any(folder.iterdir()):
        return
    manifest = read(folder)
    if not manifest:
        raise PublishError(
            f"{folder} is not empty and was not published (it has no {MANIFEST} of this "
            "program): name an empty or a new folder"
        )
    published = {MANIFEST, *manifest.get("files", {}), *manifest.get("previous", {})}
    paths = (path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())
    foreign = sorted({path.relative_to(folder).as_posix() for path in paths} - published)
    if foreign:
        examples = ", ".join(foreign[:_LISTED]) + (" and more" if foreign[_LISTED:] else "")
        raise PublishError(
            f"{folder} also holds what was not published ({examples}) and would be lost: "
            "move it away, or name another folder"
        )


def _entry(data: bytes) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def is_lasting(path: str) -> bool:
    """Tell whether a file has the hash of its content in its name, and so never changes."""
    return bool(_LASTING.fullmatch(path))


def _lasting(entries: Entries) -> Entries:
    return {path: entry for path, entry in entries.items() if is_lasting(path)}


def _unchanged(path: Path, entry: Mapping[str, Any]) -> bytes | None:
    """Return the content of a file, unless it is missing or was changed."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return data if _entry(data) == entry else None


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
