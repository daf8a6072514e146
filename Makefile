# Gerak 112. `make run` starts everything, `make test` tests everything.

PYTHON ?= python3
BIN := .venv/bin
BANDIT := $(BIN)/bandit -qr -ll -c pyproject.toml config incidents notifications responders docs manage.py

.PHONY: run test lint types check bench faults year lock sbom clean

run: .venv/installed
	@exec $(BIN)/python manage.py serve

test: .venv/installed-dev
	@exec $(BIN)/python -m tests.run

lint: .venv/installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BANDIT) 2>/dev/null || $(BANDIT)  # it warns of each of its own marks: told only on failure

types: .venv/installed-dev
	@$(BIN)/mypy config incidents notifications responders

check: lint types
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/python manage.py check

bench: .venv/installed-dev
	@$(BIN)/python -m tests.bench

faults: .venv/installed-dev
	@$(BIN)/python -m tests.faults

year: .venv/installed-dev
	@$(BIN)/python -m tests.year

# After a change of requirements.txt, with Python 3.11: the lowest version that is supported.
lock: .venv/bin/python
	@$(PYTHON) -m venv .venv/lock && .venv/lock/bin/pip install -qq pip-tools==7.5.2
	@.venv/lock/bin/pip-compile -q --generate-hashes --strip-extras --allow-unsafe --no-header \
		--no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--no-emit-options -o requirements.lock requirements.txt
	@sed -i '1i # What make run and the image install: requirements.txt and all that it needs, each by its digest.\n# Made by `make lock` (Python 3.11; holds on 3.12 and 3.13). Not written by hand.' requirements.lock

# The list of parts of a release: CycloneDX 1.6, from requirements.lock. RELEASE is its own version.
sbom: .venv/installed
	@$(BIN)/python manage.py sbom --release "$${RELEASE:-$$(git describe --always 2>/dev/null || echo 0)}" > sbom.json
	@echo "sbom.json: $$(grep -c '"bom-ref"' sbom.json) parts, ours among them"

clean:
	@rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis staticfiles

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Gerak 112 needs Python 3.11 or newer (found: $$($(PYTHON) --version 2>&1))."; exit 1; }
	@echo "Making the Python environment in .venv/ …"
	@$(PYTHON) -m venv .venv \
		|| { rm -rf .venv; echo "Python's venv module is missing. On Debian: apt-get install python3-venv"; exit 1; }

.venv/installed: requirements.lock | .venv/bin/python
	@echo "Installing what requirements.lock names (a minute or two, once) …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo "Installing what requirements-dev.txt names (a minute or two, once) …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements-dev.txt
	@touch $@
