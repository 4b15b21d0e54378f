"""An edition: what one publication wrote into a folder, as its ``published.json`` says.

By it a folder is recognised that may be replaced, and it is known which files of the edition
before are still asked for by pages that a reader or a cache has kept.
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
_NAMED = 3  # files that a refusal names

Entries = dict[str, dict[str, Any]]


@dataclass
class SiteManifest:
    """Files written into ``root``, each with its hash and size.

    ``root`` is a folder in the making (:func:`geodata.util.atomic.atomic_directory`), which takes
    its place as a whole: nothing in it is read before.

    Attributes
    ----------
    previous
        Files that only pages of the edition before ask for.
    """

    root: Path
    files: Entries = field(default_factory=dict)
    previous: Entries = field(default_factory=dict)

    def write(self, path: str, data: bytes) -> None:
        """Write a file; the same again does nothing.

        Raises
        ------
        PublishError
            If something else is in this place already.
        """
        entry = _entry(data)
        if self.files.get(path, entry) != entry:
            raise PublishError(
                f"two of the maps would both be written to {path}: publish them into two folders"
            )
        if path not in self.files:
            _put(self.root / path, data)
            self.files[path] = entry

    def keep(self, folder: Path) -> None:
        """Take over the lasting files of the edition in ``folder`` that this one no longer has.

        Where nothing of the kind has changed, those that it had taken over itself: what is
        published twice is the same twice.
        """
        before = read(folder)
        old, new = _lasting(before.get("files", {})), _lasting(self.files)
        taken_over = _lasting(before.get("previous", {}))
        gone = {path: old[path] for path in old.keys() - new.keys()}
        wanted = taken_over if old.keys() == new.keys() else gone
        for path, entry in sorted(wanted.items()):
            data = _whole(folder / path, entry)
            if data is not None:
                _put(self.root / path, data)
                self.previous[path] = entry

    def close(self, said: Mapping[str, Any]) -> None:
        """Write the manifest: ``said``, and every file with its hash and size."""
        manifest = {
            "kind": KIND,
            **said,
            "files": dict(sorted(self.files.items())),
            "previous": self.previous,
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        _put(self.root / MANIFEST, f"{text}\n".encode())


def read(folder: Path) -> dict[str, Any]:
    """Read the manifest of a published folder; empty where there is none of this kind."""
    try:
        found = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and found.get("kind") == KIND else {}


def check(folder: Path) -> None:
    """See that nothing is lost when ``folder`` is replaced.

    Raises
    ------
    PublishError
        If it holds anything that no publication wrote, or there is no place for it.
    """
    if not folder.parent.is_dir():
        raise PublishError(f"{folder.parent} is not there: make it, or name another folder")
    if not folder.exists() or not any(folder.iterdir()):
        return
    found = read(folder)
    if not found:
        raise PublishError(
            f"{folder} is not empty and was not published (it has no {MANIFEST} of this "
            "program): name an empty or a new folder"
        )
    ours = {MANIFEST, *found.get("files", {}), *found.get("previous", {})}
    held = (path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())
    others = sorted({path.relative_to(folder).as_posix() for path in held} - ours)
    if others:
        named = ", ".join(others[:_NAMED]) + (" and more" if others[_NAMED:] else "")
        raise PublishError(
            f"{folder} also holds what was not published ({named}) and would be lost: "
            "move it away, or name another folder"
        )


def _entry(data: bytes) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def is_lasting(path: str) -> bool:
    """Tell whether a file has the hash of its content in its name, and so never changes."""
    return bool(_LASTING.fullmatch(path))


def _lasting(entries: Entries) -> Entries:
    return {path: entry for path, entry in entries.items() if is_lasting(path)}


def _whole(path: Path, entry: Mapping[str, Any]) -> bytes | None:
    """Return what is in a file, unless it is gone or was changed."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return data if _entry(data) == entry else None


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
