#!/usr/bin/env bash
# python-calamine 0.9.1, reading an .xlsx whose cells hold results of formulas that failed.
#
# A worksheet may hold an error value in any cell (ECMA-376, ST_CellType "e"). calamine gives most
# of them (#REF!, #DIV/0!, #N/A) as an empty string: a broken formula cannot be told from a cell in
# which nobody wrote anything. Of one of Excel's newer ones, #SPILL!, it makes no cell at all: the
# whole sheet raises, whichever column the cell is in.
#
# Output seen:
#   errors ['', '', '']
#   spill  CalamineError
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  python-calamine==0.9.1 openpyxl==3.1.5 2>/dev/null
"$folder/venv/bin/python" - "$folder" <<'PYTHON' | tee "$folder/seen"
import sys

import openpyxl
from python_calamine import CalamineError, CalamineWorkbook


def written(name, errors):
    path = f"{sys.argv[1]}/{name}.xlsx"
    book = openpyxl.Workbook()
    for column, word in enumerate(errors, start=1):
        cell = book.active.cell(1, column, word)
        cell.data_type = "e"
    book.save(path)
    return CalamineWorkbook.from_path(path)


print("errors", written("errors", ["#REF!", "#DIV/0!", "#N/A"]).get_sheet_by_index(0).to_python()[0])
try:
    print("spill ", written("spill", ["#SPILL!"]).get_sheet_by_index(0).to_python())
except CalamineError:
    print("spill  CalamineError")
PYTHON
printf "errors ['', '', '']\nspill  CalamineError\n" | diff - "$folder/seen"
