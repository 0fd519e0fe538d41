# `make demo` and `make test` are all there is to know; both set up .venv first if need be.
# Extra words for pip, for instance a smaller PyTorch without CUDA:
#   make demo PIP_ARGS="--extra-index-url URL-OF-THE-CPU-BUILDS"

PYTHON ?= $(shell for p in python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
PIP_ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEMO := out/demo

.PHONY: help demo test check env clean-env
.DELETE_ON_ERROR:

help:
	@echo "make demo   render a few dozen hands to $(DEMO) and a contact sheet of them"
	@echo "make test   ruff, mypy and all tests, one real rendering among them"
	@echo "make env    only set up $(VENV)"

env: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@if [ ! -x $(BIN)/python ]; then \
		if [ -z "$(PYTHON)" ]; then \
			echo "Python 3.11 is needed (bpy, which renders, exists for no other) and was not found:" >&2; \
			echo "install it (python.org, pyenv, uv python install 3.11), or make PYTHON=/path/to/python3.11" >&2; \
			exit 1; \
		fi; \
		echo "== making $(VENV) with $(PYTHON)"; \
		$(PYTHON) -m venv $(VENV) || { \
			rm -rf $(VENV); \
			echo "a virtual environment cannot be made; on Debian or Ubuntu: apt-get install python3.11-venv" >&2; \
			exit 1; }; \
	fi
	@echo "== installing the pinned packages into $(VENV) (the first time a few minutes)"
	@$(BIN)/python -m pip install --quiet $(PIP_ARGS) -c constraints.txt setuptools
	@$(BIN)/python -m pip install --quiet $(PIP_ARGS) -c constraints.txt --no-build-isolation -e '.[synth,train,dev]'
	@$(BIN)/python -m synth.engine.blender_libraries
	@touch $@

demo: $(STAMP)
	@echo "== rendering manifests/quickstart.yaml to $(DEMO)"
	@$(BIN)/hand-synth generate manifests/quickstart.yaml -o $(DEMO)
	@$(BIN)/hand-synth preview $(DEMO) -o $(DEMO)/sheet.png --images 36
	@echo "== look at $(DEMO)/sheet.png; the dataset beside it is described in $(DEMO)/dataset.json"

test: $(STAMP) check
	@echo "== pytest"
	@$(BIN)/python -m pytest

check: $(STAMP)
	@echo "== ruff"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo "== mypy"
	@$(BIN)/mypy

clean-env:
	rm -rf $(VENV)
