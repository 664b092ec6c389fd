# The front door. Every target does its own set-up; nothing is needed but Python 3.11+, make and git.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready

.PHONY: help install demo desk test lint check format stories docs pictures clean

help: ## What there is
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; set PYTHON=python3.11")'
	@echo "Setting up $(VENV) (only the first time) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(READY)

install: $(READY) ## Virtual environment with everything
	@echo "Ready: $(BIN)/after-sales --help"

demo: $(READY) ## See the whole product work, on this machine alone
	@$(BIN)/after-sales demo

desk: $(READY) ## Look at the desk with the demo's data
	@$(BIN)/after-sales demo --desk --folder after-sales-desk

test: $(READY) ## All tests
	@$(BIN)/python -m pytest -n auto

lint: $(READY) ## Style, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test ## Everything: lint, then all tests (docs and architecture among them)

format: $(READY) ## Put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

stories: $(READY) ## Rewrite the expected replies and show what changed
	-$(BIN)/python -m pytest tests/stories --rewrite
	git diff --stat -- fixtures/stories

docs: $(READY) ## Write the generated documents anew and show what changed
	-$(BIN)/python -m pytest tests/test_docs.py tests/process/test_process_worked_example.py tests/desk/test_desk_api.py --rewrite

pictures: $(READY) ## Make the pictures of the desk in docs/pictures anew (needs Debian's chromium)
	@$(BIN)/python tests/pictures.py

clean: ## Remove the virtual environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
