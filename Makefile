# Gerak 112. `make run` starts everything, `make test` tests everything.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint types check bench year clean

run: .venv/installed
	@exec $(BIN)/python manage.py serve

test: .venv/installed-dev
	@exec $(BIN)/python -m tests.run

lint: .venv/installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: .venv/installed-dev
	@$(BIN)/mypy config incidents notifications responders

check: lint types
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/python manage.py check

bench: .venv/installed-dev
	@$(BIN)/python -m tests.bench

year: .venv/installed-dev
	@$(BIN)/python -m tests.year

clean:
	@rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis staticfiles

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Gerak 112 needs Python 3.11 or newer (found: $$($(PYTHON) --version 2>&1))."; exit 1; }
	@echo "Making the Python environment in .venv/ …"
	@$(PYTHON) -m venv .venv \
		|| { rm -rf .venv; echo "Python's venv module is missing. On Debian: apt-get install python3-venv"; exit 1; }

.venv/installed: requirements.txt | .venv/bin/python
	@echo "Installing what requirements.txt names (a minute or two, once) …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo "Installing what requirements-dev.txt names (a minute or two, once) …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements-dev.txt
	@touch $@
