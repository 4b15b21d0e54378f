"""Engines for tests: PostgreSQL on the loopback, started from Debian's package."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

USER = "postgres"  # PostgreSQL refuses to run as root


def postgres_programs() -> Path | None:
    """Folder of PostgreSQL's programs; ``None`` where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    on_path = shutil.which("postgres")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextmanager
def postgres(programs: Path, folder: Path) -> Iterator[str]:
    """Start a server of its own in ``folder`` and give its URL; end it afterwards."""
    user = {"user": USER, "group": USER, "extra_groups": []}
    as_user: dict[str, Any] = user if os.geteuid() == 0 else {}
    if as_user:
        shutil.chown(folder, USER, USER)
    data = folder / "data"
    make = [programs / "initdb", "-D", data, "-A", "trust", "-U", USER, "--no-sync", "-E", "UTF8"]
    subprocess.run(
        [*map(str, make), "--locale=C"], check=True, cwd=folder, capture_output=True, **as_user
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    control = [str(programs / "pg_ctl"), "-D", str(data), "-w"]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    subprocess.run(
        [*control, "-l", str(folder / "log"), "-o", options, "start"],
        check=True,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        **as_user,
    )
    try:
        yield f"postgres://{USER}:secret@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(
            [*control, "-m", "immediate", "stop"],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            **as_user,
        )
