# make demo | test | lint | docs | clean     (a fresh machine needs Python 3.11 or newer and make, nothing else)

SHELL := /bin/sh
VENV ?= .venv
BIN := $(VENV)/bin
# The first Python that is new enough; `make PYTHON=/path/to/python demo` chooses another.
PYTHON ?= $(shell for candidate in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$candidate && break; done)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
TORCH ?= torch

.DELETE_ON_ERROR:
.PHONY: demo test lint docs clean

demo: demo/.simulated
	$(BIN)/marey analyze demo/exam -o demo/report
	@echo "Open demo/report/report.html in a browser; report.pdf beside it has the same pages."

demo/.simulated: $(VENV)/.installed
	rm -rf demo/exam
	$(BIN)/marey simulate study --preset infarct --protocol cine,lax --seed 12 -o demo/exam
	@touch $@

test: lint
	$(BIN)/python -m pytest

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.installed-dev
	$(BIN)/python -m sphinx -W --keep-going -E -q -b html docs docs/_build/html
	@echo "Open docs/_build/html/index.html."

clean:
	rm -rf $(VENV) demo docs/_build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer was found. Install one, or name it: make PYTHON=/path/to/python3.11 demo"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON) is older than Python 3.11, which Marey needs. Name a newer one: make PYTHON=/path/to/python3.11 demo"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
		|| { echo "The environment $(VENV) could not be made. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.installed: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Installing Marey into $(VENV) (about 400 MB) ..."
	@$(PIP) --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Installing Marey with its test tools and torch into $(VENV) (about 2 GB) ..."
	@$(PIP) $(TORCH)
	@$(PIP) --editable '.[dev,train,docs]'
	@touch $@ $(VENV)/.installed
