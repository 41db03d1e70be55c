# The two commands of the README are `make run` and `make test`; the others are for the daily work.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup run test unit unit-postgres faults postgres browser fmt lint types bench lock clean

BIN := .venv/bin
STAMPS := var/setup
PYTEST := env -u DATABASE_URL $(BIN)/pytest -n 2
PYTEST_POSTGRES := scripts/with_postgres $(BIN)/pytest -n 2
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(STAMPS)/python $(STAMPS)/static $(STAMPS)/words ## install everything below .venv and node_modules

$(STAMPS)/python: requirements.lock pyproject.toml
	@mkdir -p $(STAMPS)
	test -x $(BIN)/python || python3 -m venv .venv
	$(BIN)/pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/static: package-lock.json scripts/vendor_static.py
	@mkdir -p $(STAMPS)
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	python3 scripts/vendor_static.py
	@touch $@

$(STAMPS)/words: $(STAMPS)/python $(wildcard src/notoneless/web/locale/*/LC_MESSAGES/*.po)
	$(BIN)/pybabel --quiet compile -D django -d src/notoneless/web/locale
	@touch $@

run: setup ## a running system with a demo city at http://127.0.0.1:8000
	$(BIN)/nol run

test: setup ## everything that must hold: lint, types, both databases, a real browser
	scripts/need postgresql chromium fonts
	$(MAKE) lint types
	$(PYTEST) -m "not browser"
	$(PYTEST_POSTGRES) -m "not browser"
	env -u DATABASE_URL $(BIN)/pytest -m browser

unit: setup ## the quick suite, on SQLite
	$(PYTEST) -m "not browser and not slow"

unit-postgres: setup ## the quick suite, on a throw-away PostgreSQL
	scripts/need postgresql
	$(PYTEST_POSTGRES) -m "not browser and not slow"

faults: setup ## kill, fill and cut off a real server under load, on both databases
	scripts/need postgresql
	$(PYTEST) -m faults
	$(PYTEST_POSTGRES) -m faults

postgres: setup ## a running system on a throw-away PostgreSQL
	scripts/need postgresql
	scripts/with_postgres $(BIN)/nol run

browser: setup ## pages in a real Chromium
	scripts/need chromium fonts
	env -u DATABASE_URL $(BIN)/pytest -m browser

fmt: setup ## format
	$(BIN)/ruff check --fix-only --quiet src tests benchmarks scripts
	$(BIN)/ruff format src tests benchmarks scripts

lint: setup ## style and layers
	$(BIN)/ruff check src tests benchmarks scripts
	$(BIN)/ruff format --check src tests benchmarks scripts
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive src --configfile pyproject.toml

types: setup ## mypy --strict
	$(BIN)/mypy

bench: setup ## a city's morning on both databases, into docs/PERFORMANCE.md (half an hour)
	scripts/need postgresql compiler
	$(BIN)/python -m benchmarks

lock: setup ## recompile requirements.lock from pyproject.toml
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --extra dev --strip-extras --allow-unsafe \
	  --output-file requirements.lock pyproject.toml

clean: ## remove what set-up and runs made; asks first, since var/ holds the demo's database and keys
	@read -r -p "Remove .venv, node_modules and var (the local database and its keys)? [y/N] " answer && [ "$$answer" = y ]
	rm -rf .venv node_modules var
