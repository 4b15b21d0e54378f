"""How the map is served: gunicorn reads this file wherever it starts in this folder.

``PORT`` chooses the port of 127.0.0.1; ``gunicorn --bind`` serves anywhere else.
"""

import os
import re
import socket
import sys

HOST = "127.0.0.1"


def _port() -> int:
    """Return the port that ``PORT`` asks for; stop with one sentence where it is none."""
    text = os.environ.get("PORT", "8050")
    if not re.fullmatch("[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        sys.exit(
            f"PORT={text} is not a port: give a number from 1 to 65535, as in `PORT=8051 make run`."
        )
    return int(text)


PORT = _port()

wsgi_app = "app:server"
bind = f"{HOST}:{PORT}"
workers = 2
worker_class = "gthread"
threads = 12  # six may wait for a file that is being made (callbacks/serving/render_pool.py)
preload_app = True  # the snapshot is read and checked once, before anything is promised
# What proxies say is for the application, which believes DISPLACEMENT_TRUSTED_PROXIES of them.
# gunicorn would believe any client on this machine, or on a Unix socket.
secure_scheme_headers = {}
forwarder_headers = ""
graceful_timeout = 3  # seconds until Ctrl+C ends what is still being answered
control_socket_disable = True  # it would be written into the home directory
loglevel = "warning"


def on_starting(server):
    """Compress what pages load, once for all workers, unless the port is taken."""
    refuse_a_taken_port(server)
    from callbacks.serving.static_assets import prepare  # the application is loaded by now

    prepare()


def refuse_a_taken_port(server):
    """Say in one sentence that the port is taken, where gunicorn would retry for five seconds."""
    inherits_its_socket = bool(server.master_pid)
    if inherits_its_socket or server.cfg.address != [(HOST, PORT)]:
        return
    try:
        socket.create_server((HOST, PORT)).close()
    except OSError as error:
        other = PORT + 1 if 8050 <= PORT < 65535 else 8050
        sys.exit(
            f"Port {PORT} cannot be used ({os.strerror(error.errno).lower()}):"
            f" choose another one, as in `PORT={other} make run`."
        )


def when_ready(server):
    """Print where the map is once it can answer."""
    where = ", ".join(str(listener) for listener in server.LISTENERS)
    print(f"The map is at {where} (Ctrl+C stops it)", flush=True)
