# make demo   see qkv at work on its built-in sentences
# make test   run the tests
# make lint   check style, types and who imports whom
# make web    check, test and build the pages, which needs Node.js
# Each makes the virtual environment .venv first. With another Python: make PYTHON=python3.12 demo

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test lint web

demo: $(VENV)/.demo
	$(BIN)/qkv demo

# A worker a core, with one thread each: more would wait for each other.
test: $(VENV)/.dev
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --dist worksteal

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports

# The built pages are part of the package: whoever installs it needs no Node.js.
web: web/node_modules/.package-lock.json
	cd web && npm run check && npm test && npm run build

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund

# torch goes in first, by its exact version: left to choose, pip may bring gigabytes of CUDA packages.
$(VENV)/.torch: constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("qkv needs Python 3.11 or newer: make PYTHON=..." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) "$$(grep '^torch==' constraints.txt)"
	@touch $@

$(VENV)/.demo: $(VENV)/.torch pyproject.toml
	$(INSTALL) --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.torch pyproject.toml
	$(INSTALL) --editable '.[dev,tensorboard]'
	@touch $@
