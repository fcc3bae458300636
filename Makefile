# Everything a developer or CI runs. Needs Python 3.11 or newer with venv, make and a package index; no Node, uv or git.
# A stamp in .venv records each finished step, so that a second call installs nothing.

PYTHON ?= python3
PORT ?=
ARGS ?=
JOBS ?= 2
UV ?= uv

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
COMPILE := $(UV) --no-config pip compile pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --quiet

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test test-robust test-pages-large soak bench check check-format check-lint check-imports check-mypy check-pyright lock assets assets-check screenshots wheel sbom clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(VENV)/stamp-dev ## install everything that the other targets need

demo: $(VENV)/stamp-run ## build the bundled real questions and serve them (PORT=8001 to choose the port)
	$(BIN)/questeur demo $(if $(PORT),--port $(PORT))

# Many tests stop, starve and kill real processes: on a busy machine one may be late. It gets one more chance, and the
# last line says so; what is wrong fails twice.
test: $(VENV)/stamp-dev ## run the tests (ARGS='-k words -x' reach pytest)
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --reruns 1 $(ARGS)

bench: $(VENV)/stamp-dev ## measure the build on 5,000 synthetic questions (ARGS='--questions 50000' for more)
	$(BIN)/python -m benchmarks.build $(ARGS)

# One target each, so that `make -k check` shows what all of them say.
test-robust: $(VENV)/stamp-dev ## run the long forms of the robustness tests (an hour)
	$(BIN)/python -m pytest -m slow $(ARGS)

test-pages-large: $(VENV)/stamp-dev ## look at every page of a synthetic legislature (QUESTEUR_LARGE=DATA for one that is built)
	$(BIN)/python -m pytest -m slow tests/browser/test_large_pages.py $(ARGS)

soak: $(VENV)/stamp-dev ## serve a mixed load for an hour and watch the memory (ARGS='--minutes 5' for less)
	$(BIN)/python -m tests.robust.soak $(ARGS)

check: check-format check-lint check-imports check-mypy check-pyright ## format, lint, types and the dependency rule; no tests

check-format: $(VENV)/stamp-dev
	$(BIN)/ruff format --check .

check-lint: $(VENV)/stamp-dev
	$(BIN)/ruff check .

check-imports: $(VENV)/stamp-dev
	$(BIN)/lint-imports

check-mypy: $(VENV)/stamp-dev
	$(BIN)/mypy

check-pyright: $(VENV)/stamp-dev
	$(BIN)/basedpyright

lock: ## compile the lock files anew (ARGS=--upgrade for newer versions); needs uv
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: pip install uv, or UV=/path/to/uv" >&2; exit 1; }
	$(COMPILE) --group build $(ARGS) --output-file requirements.lock >/dev/null
	$(COMPILE) --group dev $(ARGS) --constraint requirements.lock --output-file requirements-dev.lock >/dev/null

# Only who changes web/ needs Node: what it gives is committed.
assets: web/node_modules/.package-lock.json ## build the scripts of web/ into api/static/dist/; needs Node
	cd web && node build.mjs

assets-check: web/node_modules/.package-lock.json ## build the scripts anew and compare their bytes with those committed
	cd web && node build.mjs --check

screenshots: $(VENV)/stamp-dev ## take the pictures of docs/images anew; needs Chromium
	$(BIN)/python -m tests.browser.pictures

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@command -v npm >/dev/null || { echo "make assets needs Node 20 or newer, with npm" >&2; exit 1; }
	cd web && npm ci --silent
	@touch $@

wheel: $(VENV)/stamp-run ## build the sdist, and the wheel from that sdist, into dist/
	rm -rf dist build/sdist
	mkdir -p build/sdist
	$(BIN)/hatchling build --target sdist --directory dist
	tar -xzf dist/*.tar.gz -C build/sdist --strip-components=1
	cd build/sdist && ../../$(BIN)/hatchling build --target wheel --directory ../../dist

sbom: ## write the bill of materials of requirements.lock (CycloneDX) into dist/
	@mkdir -p dist
	$(PYTHON) deploy/sbom.py > dist/questeur.cdx.json

clean: ## remove the virtual environment and what was built
	rm -rf $(VENV) dist build

$(VENV)/stamp-python:
	@command -v $(PYTHON) >/dev/null || { echo "'$(PYTHON)' not found: install Python 3.11 or newer, or say PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "questeur needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Say PYTHON=/path/to/a/newer/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "'$(PYTHON)' has no venv module with pip. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

# The lock files name all that is needed. Without --no-deps pip may resolve an extra of a locked package, such as
# coverage[toml], to a version newer than the lock, and refuse it for want of a hash.
$(VENV)/stamp-locked: requirements.lock $(VENV)/stamp-python
	$(PIP) --no-deps --require-hashes --requirement requirements.lock
	@touch $@

$(VENV)/stamp-run: pyproject.toml hatch_build.py $(VENV)/stamp-locked
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/stamp-dev: requirements-dev.lock $(VENV)/stamp-run
	$(PIP) --no-deps --require-hashes --requirement requirements-dev.lock
	@touch $@
