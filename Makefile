# make run: the app on http://localhost:$(PORT). make test: the tests. Both install what they need, once.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8501
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help run check test test-all lint lint-python lint-web installed types fuzz docs screenshots bench clean

help:
	@echo "make run          serve the app on http://localhost:$(PORT) (another port: make run PORT=8600)"
	@echo "make check        lint, and the tests that are quick and need no browser: in a minute or two"
	@echo "make test         install the test tools and a Chromium if there is none, and run the tests, with a sample of those that take long"
	@echo "make test-all     the same with every case and ten times as many examples, and make fuzz"
	@echo "make lint         ruff and mypy; Biome and TypeScript for app/web, which need npm"
	@echo "make types        write app/web/wire.d.ts from what the components send"
	@echo "make fuzz         feed the app 3,000 malformed links and files, and measure what each takes"
	@echo "make docs         write a page for each module of snncore into docs/api/"
	@echo "make screenshots  write the README's pictures from the running app into assets/, and those of large windows into a folder that it names"
	@echo "make bench        install the libraries to compare with and run the benchmarks"
	@echo "make clean        remove the virtual environment and all caches"

run: $(VENV)/.loops
	@echo "SNN Playground: http://localhost:$(PORT)  (end it with Ctrl+C)"
	@$(BIN)/python -m app --server.port $(PORT)

# Tests in a browser come last: two pages at once need both cores.
test: export SNN_TEST_LENGTH := $(or $(SNN_TEST_LENGTH),0.1)
test: $(VENV)/.browser $(VENV)/.loops
	@failed=0; \
	$(BIN)/python -m pytest --ignore=tests/browser --numprocesses=2 --dist=worksteal || failed=1; \
	$(BIN)/python -m pytest tests/browser --numprocesses=2 --dist=worksteal || failed=1; \
	exit $$failed

check: lint $(VENV)/.loops
	@SNN_TEST_LENGTH=0.1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "not slow" --ignore=tests/browser --numprocesses=2 --dist=worksteal --quiet

test-all:
	@SNN_TEST_LENGTH=10 $(MAKE) test
	@$(MAKE) fuzz

lint: lint-python lint-web

lint-python: $(VENV)/.test
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

lint-web: node_modules/.made
	@node_modules/.bin/biome check --error-on-warnings && node_modules/.bin/tsc

installed: $(VENV)/.browser $(VENV)/.loops node_modules/.made

types: $(VENV)/.run
	@$(BIN)/python -m app.components.wire

fuzz: $(VENV)/.test $(VENV)/.loops
	@$(BIN)/python -m tests.fuzz

docs: $(VENV)/.docs
	@$(BIN)/python -m docs.build_api

screenshots: $(VENV)/.browser $(VENV)/.loops
	@$(BIN)/python -m tests.browser.screenshots

bench: $(VENV)/.bench $(VENV)/.loops
	@$(BIN)/python -m benchmarks.layers
	@$(BIN)/python -m benchmarks.toy_task
	@$(BIN)/python -m benchmarks.tasks
	@$(BIN)/python -m benchmarks.conversion
	@$(BIN)/python -m benchmarks.scaling
	@$(BIN)/python -m benchmarks.laws
	@$(BIN)/python -m benchmarks.app_latency
	@$(BIN)/python -m benchmarks.app_training
	@$(BIN)/python -m benchmarks.app_labelled
	@$(BIN)/python -m benchmarks.app_neuron
	@$(BIN)/python -m benchmarks.app_conversion
	@$(BIN)/python -m benchmarks.app_why
	@$(BIN)/python -m benchmarks.app_load

clean:
	rm -rf $(VENV) node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis docs/api app/static/*.js app/static/web-*
	find . -name __pycache__ -prune -exec rm -rf {} +

# Each stamp says that its requirements file is installed as it stands.
$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	@echo "Installing what the app needs (once, some minutes) ..."
	@$(PIP) install -r requirements.txt || { echo "Installing requirements.txt failed (pip's reason is above). Check the network and free disk space (2 GB), then run make again." >&2; exit 1; }
	@touch $@

$(VENV)/.loops: $(VENV)/.run
	@echo "Compiling the time loops (once, some seconds) ..."
	@$(BIN)/python -c "from snncore import kernels; kernels.prepare()" || echo "They could not be compiled, so the app computes without them, more slowly." >&2
	@touch $@

$(VENV)/.test: requirements-test.txt $(VENV)/.run
	@echo "Installing what the tests need (once) ..."
	@$(PIP) install -r requirements-test.txt || { echo "Installing requirements-test.txt failed (pip's reason is above). Check the network and free disk space (2 GB), then run make again." >&2; exit 1; }
	@touch $@

$(VENV)/.bench: requirements-bench.txt $(VENV)/.browser
	@echo "Installing the libraries to compare with (once) ..."
	@$(PIP) install -r requirements-bench.txt || { echo "Installing requirements-bench.txt failed (pip's reason is above). Check the network and free disk space (3 GB), then run make again." >&2; exit 1; }
	@touch $@

$(VENV)/.docs: requirements-docs.txt $(VENV)/.run
	@echo "Installing what the API pages need (once) ..."
	@$(PIP) install -r requirements-docs.txt || { echo "Installing requirements-docs.txt failed (pip's reason is above). Check the network, then run make again." >&2; exit 1; }
	@touch $@

node_modules/.made: package.json package-lock.json
	@command -v npm > /dev/null || { echo "make lint needs npm, which checks the browser's code; install Node.js 20 or newer. Running and testing the app need neither." >&2; exit 1; }
	@npm ci --loglevel error > /dev/null || { echo "Installing what checks the browser's code failed (npm's reason is above). Check the network, then run make again." >&2; exit 1; }
	@touch $@

$(VENV)/.browser: tests/browser/chromium.py $(VENV)/.test
	@$(BIN)/python -m tests.browser.chromium
	@touch $@

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { echo "Python 3.11 to 3.13 is needed, and $(PYTHON) is another or missing. Name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Making the virtual environment failed. On Debian and Ubuntu: apt install python3-venv, then run make again." >&2; exit 1; }
