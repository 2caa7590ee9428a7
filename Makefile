# Everything runs from .venv, which is made on first use and again when pyproject.toml changes.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help play test test-all check bench clean

help:  ## Show what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt torch -e '.[test]'
	touch .venv/ready

play: .venv/ready  ## Install, then open the game
	$(BIN)/ld-tui

test: .venv/ready  ## Install, then pass the tests (the fast ones)
	$(BIN)/pytest -n auto --dist loadfile -m 'not slow'

test-all: .venv/ready  ## All tests, the slow ones too
	$(BIN)/pytest -n auto --dist loadfile

check: .venv/ready  ## Format, lint and types, as CI looks at them
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: .venv/ready  ## First frame, engine start and decision times
	$(BIN)/python benchmarks/latency.py

clean:  ## Remove the virtual environment and caches
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis
