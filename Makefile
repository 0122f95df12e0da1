# Each target sets up what it needs: a virtual environment in .venv by an ordinary pip.
PYTHON ?= python3
BIN := .venv/bin
SEED ?= 1
SECONDS ?= 600
# Where git looks for git-naturecode.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: demo test lint bench torture clean

demo: .venv/ready
	git naturecode demo

# Side by side; a plain pytest runs them one after the other. Compiled first, and kept compiled even
# where the environment forbids that: else each of a thousand starts would compile what it loads.
test: .venv/tests-ready
	$(BIN)/python -m compileall -q -j 0 git_naturecode
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal $(TESTS)

lint: .venv/tests-ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: .venv/tests-ready
	$(BIN)/python -m tests.bench $(BENCH)

torture: .venv/tests-ready
	$(BIN)/python -m tests.torture --seed $(SEED) --seconds $(SECONDS)
	NATURECODE_TORTURE=1 NATURECODE_SEED=$(SEED) $(BIN)/python -m pytest -m torture -o faulthandler_timeout=0 tests
	NATURECODE_TORTURE=1 NATURECODE_SEED=$(SEED) $(BIN)/python -m pytest -o faulthandler_timeout=0 \
	  tests/store tests/capture tests/policy_oracle tests/redact tests/domain
	$(BIN)/python -m tests.policy_oracle.mutants --authority --conditions --quick --sample 100 --seed $(SEED)

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/tests-ready: .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $$($(BIN)/python tests/dev_packages.py)
	touch $@

clean:
	rm -rf .venv
