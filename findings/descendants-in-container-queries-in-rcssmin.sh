#!/usr/bin/env bash
# rcssmin 1.3.0, minifying a descendant selector that begins with a pseudo-class in @container.
#
# A space before a colon is dropped between the braces of a rule, where the colon ends the name of a
# property. rcssmin takes the braces of @media and @supports for what they are, and those of
# @container and @layer for a rule's: `.map :is(.names, .cities)` (names within the map) becomes
# `.map:is(.names,.cities)` (a map that is a name), which is another selector, as valid as the first,
# and matches nothing. No error is raised, and the same lines outside of the query are minified well.
#
# Output seen:
#   @media print{.map :is(.names){color:red}}
#   @supports (gap:1px){.map :is(.names){color:red}}
#   @container (min-width:1px){.map:is(.names){color:red}}
#   @layer base{.map:is(.names){color:red}}
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check rcssmin==1.3.0 2>/dev/null
"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/seen"
from rcssmin import cssmin

for query in ("@media print", "@supports (gap: 1px)", "@container (min-width: 1px)", "@layer base"):
    print(cssmin(query + " { .map :is(.names) { color: red } }"))
PYTHON
diff "$folder/seen" - <<'SEEN'
@media print{.map :is(.names){color:red}}
@supports (gap:1px){.map :is(.names){color:red}}
@container (min-width:1px){.map:is(.names){color:red}}
@layer base{.map:is(.names){color:red}}
SEEN
