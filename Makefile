# Two commands are enough: `make run` and `make test`. Each prepares what it needs; `make` alone lists the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
UV := $(BIN)/uv sync --frozen --quiet --no-python-downloads --python $(BIN)/python
AGENT := $(BIN)/uv pip install --quiet --python $(BIN)/python --editable agents/python
NODE_PACKAGES := $(patsubst %/package-lock.json,%,$(wildcard agents/*/package-lock.json tests/*/package-lock.json \
  tests/strategies/tools/*/package-lock.json))
NODE_STAMPS := $(addsuffix /node_modules/.package-lock.json,$(NODE_PACKAGES))
AGENT_PEERS := agents/python/bench/.peers/.installed
STATEFUL := $(wildcard tests/store tests/fleet tests/ingest tests/recommendations tests/alerts tests/pipeline)
SCRIPTS = $(shell git ls-files '*.js' '*.mjs' | grep -v '^static/vendor/')
PYTEST := $(BIN)/python -m pytest $(if $(ADVISOR_REQUIRE_ALL),-p tests.no_skips)
CLINIC := tests/lab/clinic
LAB = $(MAKE) -s --no-print-directory $(CLINIC)/node_modules/.package-lock.json || \
	echo "Clinic Doctor could not be installed, and is left out." >&2; \
	$(BIN)/python -m tests.lab run --cases '$(or $(CASE),$(CASES),*)' --scale $(or $(ADVISOR_TIME_SCALE),10) $(if $(RESUME),--resume) $(if $(PLAIN),--plain)
MANAGE := ADVISOR_DATABASE_URL=sqlite://:memory: $(BIN)/python manage.py
export ADVISOR_REQUIRE_ALL

SOURCES := $(wildcard advisor/*/*/*.[ch])
.PHONY: help run demo link test test-backend test-postgresql test-agents test-long check new-rule replay lab lab-frozen bench-evaluate bench-ingest bench-hostile bench-agent bench-probe clean node-packages

help: ## List these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

run: .venv/.run ## Start everything on this machine and print one sign-in link (Ctrl-C stops it)
	@exec $(BIN)/python -m advisor.embedded run

demo: .venv/.run ## The same with two real Node.js services in trouble, and load on them
	@$(BIN)/python -m advisor.embedded demo --check
	@$(MAKE) -s --no-print-directory agents/demo/node_modules/.package-lock.json
	@exec $(BIN)/python -m advisor.embedded demo

link: .venv/.run ## Print a new sign-in link for what is running
	@$(BIN)/python -m advisor.embedded link

test: test-backend test-postgresql test-agents ## Run every test (at most 15 minutes on 2 cores)

test-backend: .venv/.test node-packages ## The server's tests on SQLite, and the browser's
	$(PYTEST) -m "not long"

test-postgresql: .venv/.test ## The tests that touch the database again, on a real PostgreSQL
	ADVISOR_TEST_DATABASE=postgresql $(PYTEST) -m "not long and not browser and not processes" $(STATEFUL)

test-agents: .venv/.test node-packages ## The tests of advisor-agent, of the Node.js probe and of the demo
	$(PYTEST) -c agents/python/pyproject.toml -m "not long" agents/python/tests
	@if command -v node >/dev/null; then cd agents/node && npm test && cd ../demo && npm test; \
	elif [ -n "$$ADVISOR_REQUIRE_ALL" ]; then echo "Node.js 20 or later is missing." >&2; exit 1; \
	else echo "Skipped: the probe's tests need Node.js 20 or later."; fi

test-long: .venv/.test node-packages ## The same tests with their full counts
	ADVISOR_CRASHES=72 ADVISOR_GENERATED_INPUTS=100000 $(PYTEST) tests/chaos  # 7 faults on 2 databases: 1,008 crashes
	$(PYTEST) -c agents/python/pyproject.toml -m long agents/python/tests
	@if command -v node >/dev/null; then cd agents/demo && npm run --silent test:band; fi

check: .venv/.test ## Style, types, imports, migrations, settings, the handbook's pages
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy advisor agents/python/src agents/python/bench tests manage.py
	$(BIN)/lint-imports
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) check --fail-level WARNING
	$(MANAGE) write_handbook --check
	@if command -v node >/dev/null; then for script in $(SCRIPTS); do node --check $$script || exit 1; done; fi

new-rule: .venv/.test ## Make a rule that works, its test and its page, to be made into another (NAME=requests-fail)
	@ADVISOR_DATABASE_URL=sqlite://:memory: $(BIN)/python -m tests.scaffold "$(NAME)"

replay: .venv/.test ## Judge 300 made-up healthy days and leaks: false warnings, time to find (30 minutes; ARGS="--only leak")
	@$(BIN)/python -m tests.replay $(ARGS)

lab: .venv/.test node-packages ## Judge real faults with the whole product, and score it (hours; CASE=name, CASES='loop_*', RESUME=1, PLAIN=1)
	@$(LAB)

lab-frozen: .venv/.test node-packages ## The same with the cases that nobody may tune for
	@$(LAB) --frozen

bench-evaluate: .venv/.test ## What judging 1,000 services costs one core, and loading their windows, beside peers (6 minutes)
	@held=0; $(BIN)/python -m tests.bench.evaluate || held=1; \
	for what in "postgresql 1000" "sqlite 1000" "postgresql 10000"; do \
		$(BIN)/python -m tests.bench.windows $$what || held=1; done; \
	$(BIN)/python -m tests.bench.windows_beside || held=1; exit $$held

bench-ingest: .venv/.test ## Points a second from HTTP to the disk, beside VictoriaMetrics and Prometheus, and at the store; what more hosts cost (25 minutes)
	@held=0; for database in sqlite postgresql; do $(BIN)/python -m tests.bench.store $$database || held=1; done; \
	$(BIN)/python -m tests.bench.ingest || held=1; exit $$held

bench-hostile: .venv/.test ## What well-behaved senders notice of slow, inventive and greedy ones (15 minutes)
	@$(BIN)/python -m tests.bench.hostile

bench-agent: .venv/.made ## What the agent costs a host, beside its peers (10 minutes)
	@$(MAKE) -s --no-print-directory $(AGENT_PEERS) || echo "The peers of PyPI could not be installed, and are left out." >&2
	@cd agents/python && ../../$(BIN)/python -m bench $(BENCH)

bench-probe: agents/node/bench/node_modules/.package-lock.json ## What the probe costs a service, beside its peers (25 minutes; QUICK=1 for a look)
	@cd agents/node/bench && node main.js $(BENCH)

$(AGENT_PEERS): agents/python/bench/requirements.txt
	@echo "Installing glances and OpenTelemetry for the bench ..."
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python $(@D)
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(@D)/bin/python -r $<
	@touch $@

clean: ## Remove what these targets made, but no data (that is in .advisor)
	rm -rf .venv build advisor/*/_*.so .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	rm -rf $(addsuffix /node_modules,$(NODE_PACKAGES) $(CLINIC)) $(dir $(AGENT_PEERS))

# A venv needs ensurepip, which some systems package apart; virtualenv or this Python's own pip do as well.
.venv/.made:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or later is needed: install it, or name it with make PYTHON=/path/to/python3." >&2; exit 2; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { rm -rf .venv && echo "Making the Python environment (.venv) ..."; \
	{ $(PYTHON) -m venv .venv && $(BIN)/python -m pip --version; } >/dev/null 2>&1 \
	|| { rm -rf .venv; $(PYTHON) -m virtualenv --quiet .venv; } 2>/dev/null \
	|| { rm -rf .venv; virtualenv --quiet --python $(PYTHON) .venv; } 2>/dev/null \
	|| { rm -rf .venv; $(PYTHON) -m venv --without-pip .venv && $(PYTHON) -m pip --python $(BIN)/python install --quiet pip; } 2>/dev/null \
	|| { rm -rf .venv; echo "$(PYTHON) cannot make an environment: install python3-venv or virtualenv (Debian: apt install python3-venv), then try again." >&2; exit 2; }; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@touch $@

# What is fast because it is C. Without a compiler Python does all of it, so a machine that has none is told, and goes on.
.venv/.compiled: .venv/.made $(SOURCES)
	@$(BIN)/python -m advisor.compile
	@touch $@

# --inexact: what the tests need stays when `make run` looks after its own part.
.venv/.run: .venv/.made .venv/.compiled uv.lock
	@echo "Installing what the server needs ..."
	@$(UV) --no-dev --inexact
	@$(AGENT)
	@touch $@

.venv/.test: .venv/.made .venv/.compiled uv.lock
	@echo "Installing what the tests need ..."
	@$(UV) --inexact
	@$(AGENT)
	@touch $@

node-packages:
	@if command -v npm >/dev/null; then $(MAKE) -s --no-print-directory $(NODE_STAMPS) </dev/null; fi

%/node_modules/.package-lock.json: %/package-lock.json
	@echo "Installing the npm packages of $* ..."
	@cd $* && npm ci --no-fund --no-audit --loglevel=error
	@touch $@
