# Everything a contributor runs. `make` alone lists it.
#
#   PORT=8051 make run                another port
#   PYTHON=python3.12 make run        another Python, when .venv is first made
#   make test ARGS="-k timeline"      arguments for pytest
#   make same-as REF=main             what differs from a commit
#   CHROMIUM=/opt/chrome make test    a browser of your own; FIREFOX= another one

PYTHON ?= python3
BIN := .venv/bin
BIOME := @biomejs/biome@2.6.8

# Stamps: a set of pins is installed again only when its file has changed.
RUN := .venv/installed-run
DEV := .venv/installed-dev

# One line of shell, so that the browser's path reaches the command that follows it.
WITH_BROWSER = chromium=$$($(BIN)/python tests/chromium.py) && DISPLACEMENT_CHROMIUM="$$chromium"
# Some tests are of Firefox, which is done without where it cannot be had.
WITH_BROWSERS = firefox=$$($(BIN)/python tests/chromium.py firefox) && $(WITH_BROWSER) DISPLACEMENT_FIREFOX="$$firefox"

NEEDS_NPX = command -v npx >/dev/null || { \
  echo "make $@ needs npx, which comes with Node.js (Debian: apt-get install npm)." >&2; exit 1; }

# Where `make spark` has been run, the test of the engines asks Spark, too.
WITH_SPARK = DISPLACEMENT_SPARK_PYTHON="$(abspath $(wildcard .venv-spark/bin/python))"

# Each of two processes begins with half of the files, one after the other, so that what a file
# sets up is set up once; whichever is done first takes from what the other has left.
SIDE_BY_SIDE = -n 2 --dist worksteal
# Without its bytecode, each of these processes and of the hundreds that tests start would compile
# the project again, and rewrite every assert: some containers say that none is to be written.
PYTEST = env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest $(SIDE_BY_SIDE)

.DEFAULT_GOAL := help
.PHONY: help run test test-fast check fix bench bench-against load same-as snapshot catalogue spark

help: ## list what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

run: $(RUN) ## serve the map on http://127.0.0.1:8050 (PORT= changes it)
	@$(BIN)/python -m gunicorn

test: $(DEV) ## run every test, in a Chromium and a Firefox that are found or installed
	@$(WITH_BROWSERS) $(WITH_SPARK) $(PYTEST) $(ARGS)

test-fast: $(DEV) ## run what needs no browser, asks no other program and is quickly done
	@$(PYTEST) -m "not browser and not service and not slow" $(ARGS)

check: $(DEV) ## lint, formatting, types, JavaScript and CSS, translation catalogues
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	@$(NEEDS_NPX)
	npx --yes $(BIOME) ci --error-on-warnings assets tests
	$(BIN)/python -m geodata.i18n.catalogue check

fix: $(DEV) ## mend what `make check` can mend itself: lint, formatting, catalogues
	$(BIN)/ruff check --fix --exit-zero
	$(BIN)/ruff format
	@$(NEEDS_NPX)
	npx --yes $(BIOME) check --write --error-on-warnings assets tests
	$(BIN)/python -m geodata.i18n.catalogue update

spark: .venv-spark/installed ## install Apache Spark for the test of engines (needs Java)

bench: $(DEV) ## measure speed and size beside a tutorial-style Dash page
	@$(WITH_BROWSER) $(BIN)/python -m benchmarks $(ARGS)

bench-against: $(DEV) ## measure the map page of REF= (a commit) and of these files in turn
	@$(WITH_BROWSER) $(BIN)/python -m benchmarks.against "$(REF)" $(ARGS)

load: $(DEV) ## measure requests a second and 256 connections, on the loopback (needs wrk)
	@$(BIN)/python -m benchmarks.load $(ARGS)

same-as: $(DEV) ## compare what REF= (a commit) and these files answer (ARGS="--expect FILE")
	@$(BIN)/python -m benchmarks.same_as "$(REF)" $(ARGS)

snapshot: $(RUN) ## build the bundled snapshot again from ../shared/data
	$(BIN)/flask --app app snapshot build ../shared/data --out geodata/bundled/snapshot

catalogue: $(DEV) ## collect the strings to translate into locales/
	$(BIN)/python -m geodata.i18n.catalogue update

# pip is the last thing venv writes: where it is, the environment is whole.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed, and $(PYTHON) says: $$($(PYTHON) --version 2>&1)." \
	    "Name another one: PYTHON=python3.12 make ..." >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
	  echo "$(PYTHON) cannot make a virtual environment (Debian: apt-get install python3-venv)." >&2; \
	  exit 1; }

$(RUN): requirements.txt | $(BIN)/pip
	@echo "Installing requirements.txt into .venv (a minute or two, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(RUN)
	@echo "Installing requirements-dev.txt into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.venv-spark/installed: requirements-spark.txt
	@echo "Installing requirements-spark.txt into .venv-spark (some minutes, once) ..."
	@$(PYTHON) -m venv .venv-spark
	@.venv-spark/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@
