# Every command of the project. `make help` lists them; CONTRIBUTING.md says which to use when.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# `make test` is a sequence that stops at the first failure; the suites use both cores themselves.
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
VENDOR := src/notoneless/web/ui/static/vendor
LOCALE := src/notoneless/web/locale
PO := $(wildcard $(LOCALE)/*/LC_MESSAGES/*.po)
MO := $(PO:.po=.mo)

# The suites choose their database themselves, whatever the caller's shell says.
PYTEST := env -u DATABASE_URL $(BIN)/pytest
PYTEST_POSTGRES := scripts/with_postgres $(BIN)/pytest
WORKERS := -n 2
QUICK := -m "not browser and not slow"
WHOLE := -m "not browser"

.PHONY: help setup run test needs unit unit-postgres suite suite-postgres browser fmt lint types bench lock clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS=$$'\t' read -r name text; do \
	    printf '  make %-14s %s\n' "$$name" "$$text"; done

setup: var/stamps/package $(VENDOR)/VERSIONS.txt $(MO)  ## everything in .venv and node_modules; again: instant

run: setup  ## the product on this machine
	$(BIN)/nol run

test: setup needs lint types suite suite-postgres browser  ## all that must pass before a merge

unit: setup  ## quick suite on SQLite
	$(PYTEST) $(QUICK) $(WORKERS)

unit-postgres: setup  ## the same on a throw-away PostgreSQL
	$(PYTEST_POSTGRES) $(QUICK) $(WORKERS)

browser: setup  ## pages in a real Chromium, on SQLite
	$(PYTEST) -m browser $(WORKERS)

fmt: setup  ## format, and repair what ruff can
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

lint: setup  ## ruff, and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: setup  ## mypy --strict
	$(BIN)/mypy

bench: setup  ## benchmarks; judge by ratios measured in the same minute
	$(BIN)/python -m benchmarks

lock: var/stamps/python  ## newest versions that pyproject.toml allows, with the hashes of all their files
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe \
	    --strip-extras --extra dev --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	    --output-file requirements.lock pyproject.toml
	npm update --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved

clean:  ## back to a fresh clone, but for your own files
	rm -rf $(VENV) node_modules var/stamps $(VENDOR) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	rm -f $(MO)
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The parts of `make test`.

needs:
	scripts/need postgresql chromium fonts

suite:
	$(PYTEST) $(WHOLE) $(WORKERS)

suite-postgres:
	$(PYTEST_POSTGRES) $(WHOLE) $(WORKERS)

# The parts of `make setup`. Each is remade when its lock file is newer.

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; say which: make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)

var/stamps/python: requirements.lock $(VENV)/pyvenv.cfg
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@mkdir -p $(@D) && touch $@

# The build backend is in the lock, so nothing more is downloaded here.
var/stamps/package: pyproject.toml var/stamps/python
	$(BIN)/python -m pip install --quiet --no-index --no-deps --no-build-isolation --editable .
	@mkdir -p $(@D) && touch $@

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(VENDOR)/VERSIONS.txt: node_modules/.package-lock.json scripts/vendor_static.py | var/stamps/python
	$(BIN)/python scripts/vendor_static.py

# pybabel says nothing wrong and writes nothing for a catalogue marked fuzzy; a missing translation must be loud.
%.mo: %.po | var/stamps/python
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
	@test -f $@ || { echo "$<: not compiled; is its header marked fuzzy?" >&2; exit 1; }
