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

# Tests run in as many processes as there are cores, at most four: each may hold Blender and torch.
TEST_PROCESSES ?= $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -lt 4 ] && echo $$n || echo 4)

# What `make bench-peers` compares on: a generated dataset's test split.
DATA ?= data/palms-11k
# MediaPipe lives in an environment of its own.
PEER := .venv-mediapipe
PEER_SCRIPT := tracker/evaluation/peers/mediapipe_hands.py
PEERS := out/peers

# FiftyOne, too: it brings another OpenCV.
FIFTYONE := .venv-fiftyone

.PHONY: help demo test check env clean-env bench-peers test-fiftyone
.DELETE_ON_ERROR:

help:
	@echo "make demo   render a few dozen hands to $(DEMO) and a contact sheet of them"
	@echo "make test   ruff, mypy and all tests, one real rendering among them"
	@echo "make env    only set up $(VENV)"
	@echo "make bench-peers DATA=DIR   the tracker beside MediaPipe: accuracy and milliseconds"
	@echo "make test-fiftyone   that FiftyOne reads what hand-synth exports"

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
	@$(BIN)/python -m pip install --quiet $(PIP_ARGS) -c constraints.txt 'setuptools>=77'
	@$(BIN)/python -m pip install --quiet $(PIP_ARGS) -c constraints.txt --no-build-isolation -e '.[synth,train,annotate,cloud,cluster,parquet,dev]'
	@$(BIN)/python -m synth.engine.blender_libraries
	@touch $@

demo: $(STAMP)
	@echo "== rendering manifests/quickstart.yaml to $(DEMO)"
	@$(BIN)/hand-synth generate manifests/quickstart.yaml -o $(DEMO)
	@$(BIN)/hand-synth preview $(DEMO) -o $(DEMO)/sheet.png --images 36
	@echo "== look at $(DEMO)/sheet.png; the dataset beside it is described in $(DEMO)/dataset.json"

test: $(STAMP) check
	@$(BIN)/python -m synth.engine.build_assets
	@echo "== pytest"
	@$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile

check: $(STAMP)
	@echo "== ruff"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo "== mypy"
	@$(BIN)/mypy

$(PEER)/.installed:
	@echo "== installing MediaPipe into $(PEER)"
	@$(PYTHON) -m venv $(PEER)
	@$(PEER)/bin/python -m pip install --quiet mediapipe==0.10.21 'numpy<2'
	@touch $@

bench-peers: $(STAMP) $(PEER)/.installed
	@mkdir -p $(PEERS)
	$(PEER)/bin/python $(PEER_SCRIPT) images $(PEERS)/mediapipe.jsonl $(DATA)/test-*.tar
	$(BIN)/hand-tracker evaluate --data $(DATA) --peer $(PEERS)/mediapipe.jsonl -o $(PEERS)
	$(BIN)/hand-tracker bench $(DATA) --save-video $(PEERS)/video.avi
	taskset -c 0 $(PEER)/bin/python $(PEER_SCRIPT) video $(PEERS)/full-1.json $(PEERS)/video.avi
	taskset -c 0 $(PEER)/bin/python $(PEER_SCRIPT) video $(PEERS)/lite-1.json $(PEERS)/video.avi --complexity 0
	taskset -c 0,1 $(PEER)/bin/python $(PEER_SCRIPT) video $(PEERS)/full-2.json $(PEERS)/video.avi
	taskset -c 0,1 $(PEER)/bin/python $(PEER_SCRIPT) video $(PEERS)/lite-2.json $(PEERS)/video.avi --complexity 0
	$(BIN)/hand-tracker bench $(PEERS)/video.avi --peer $(PEERS)/full-1.json --peer $(PEERS)/lite-1.json \
		--peer $(PEERS)/full-2.json --peer $(PEERS)/lite-2.json

$(FIFTYONE)/.installed:
	@echo "== installing FiftyOne into $(FIFTYONE)"
	@$(PYTHON) -m venv $(FIFTYONE)
	@$(FIFTYONE)/bin/python -m pip install --quiet fiftyone==1.22.1 pycocotools
	@touch $@

test-fiftyone: $(STAMP) $(FIFTYONE)/.installed
	$(BIN)/python -m pytest -m slow tests/synth/export/test_fiftyone.py

clean-env:
	rm -rf $(VENV) $(PEER) $(FIFTYONE)
