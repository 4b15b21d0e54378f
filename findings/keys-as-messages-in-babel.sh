#!/usr/bin/env bash
# Babel 2.18.0, extracting messages from Python in which gettext is given a value by its key.
#
# The extractor reads tokens, not expressions: any string between the parentheses of a call counts
# as its message. In gettext(WORDS["rate"]) that is the key of the lookup, "rate", which nobody
# translates and no program shows. gettext(name) gives nothing, as one would expect of both. A
# catalogue made so has entries that are never looked up, and asks translators for them.
#
# Output seen:
#   [(2, 'rate')]
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check babel==2.18.0 2>/dev/null
"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/seen"
from io import BytesIO

from babel.messages.extract import extract

code = b"""WORDS = {"rate": "Rate of return"}
by_key = gettext(WORDS["rate"])
by_name = gettext(name)
"""
found = extract("python", BytesIO(code), keywords={"gettext": None})
print([(line, message) for line, message, *_ in found])
PYTHON
[ "$(cat "$folder/seen")" = "[(2, 'rate')]" ]
