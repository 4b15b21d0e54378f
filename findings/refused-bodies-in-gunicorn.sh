#!/usr/bin/env bash
# gunicorn 27.0.1 (gthread), an application that answers before it has read what was sent.
#
# An application may refuse a request by its length, without reading its body, and HTTP/1.1 keeps the
# connection for the next request. Up to 64 KiB that are left unread, gunicorn reads them itself, and
# the connection serves on. With more it closes the connection, although its answer has said
# "Connection: keep-alive": a client that takes it at its word sends its next request, of which
# nothing is wrong, and gets no answer. The log says nothing.
#
# Output seen: bytes that were not read, the answer, what it says, and the next request
#   60000 413 keep-alive 200
#   70000 413 keep-alive no answer
set -eu
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check gunicorn==27.0.1 2>/dev/null
cat > "$folder/refusing.py" <<'PYTHON'
def application(environ, start_response):
    refused = environ["REQUEST_METHOD"] == "POST"
    start_response("413 Content Too Large" if refused else "200 OK", [("Content-Length", "0")])
    return []
PYTHON
"$folder/venv/bin/gunicorn" --chdir "$folder" --worker-class gthread --threads 2 \
  --bind "unix:$folder/socket" --log-level warning refusing:application &
server=$!
"$folder/venv/bin/python" - "$folder/socket" <<'PYTHON' | tee "$folder/seen"
import socket
import sys
import time
from http.client import HTTPConnection, HTTPException


class Client(HTTPConnection):
    auto_open = 0

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(sys.argv[1])


def reached():
    client = Client("server")
    for _ in range(100):
        try:
            client.connect()
            return client
        except OSError:
            time.sleep(0.1)


for size in (60_000, 70_000):
    client = reached()
    client.request("POST", "/", b"x" * size)
    answer = client.getresponse()
    answer.read()
    try:
        client.request("GET", "/")
        after = client.getresponse().status
    except (HTTPException, OSError):
        after = "no answer"
    print(size, answer.status, answer.headers["Connection"], after)
PYTHON
diff "$folder/seen" - <<'SEEN'
60000 413 keep-alive 200
70000 413 keep-alive no answer
SEEN
