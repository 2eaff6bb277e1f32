# `make` alone lists the targets.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
NOTEBOOKS := $(sort $(wildcard notebooks/[0-9]*.ipynb))

HAS_UV := $(shell command -v uv 2>/dev/null)
LOCK_OPTIONS := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	--extra test --extra homework pyproject.toml

# More BLAS threads than free cores make small fits many times slower.
test test-oldest refresh bench: export OPENBLAS_NUM_THREADS = 1

.DEFAULT_GOAL := help
.PHONY: help lab test lint lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

lab: $(READY)  ## set up once, then open JupyterLab on notebooks/
	$(PY) -m jupyterlab --ServerApp.ip=127.0.0.1 --ServerApp.root_dir=notebooks

test: lint  ## run every check: ruff, the tests, strict nbval over every notebook
	$(PY) -m pytest tests -n 2 --dist loadscope --cov --cov-fail-under=95
ifneq ($(NOTEBOOKS),)
	$(PY) -m pytest $(NOTEBOOKS) -n 2 --dist loadscope \
		--nbval --nbval-current-env --nbval-cell-timeout=120 --nbval-sanitize-with tests/nbval.cfg
endif

lint: $(READY)  ## check the code's style with ruff
	$(PY) -m ruff check .

lock:  ## renew requirements.lock (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: python3 -m pip install uv"; exit 1; }
	uv pip compile $(LOCK_OPTIONS) --upgrade --output-file requirements.lock

clean:  ## delete the environment and everything that can be made again
	rm -rf .venv .venv-oldest .pytest_cache .ruff_cache .hypothesis .coverage build dist

# The environment is set up again only when what it is made from has changed.
.venv: $(READY)

$(READY): requirements.lock pyproject.toml | $(PY)
ifneq ($(HAS_UV),)
	uv pip install --quiet --python $(PY) --require-hashes -r requirements.lock
	uv pip install --quiet --python $(PY) --no-build-isolation --no-deps -e .
else
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
endif
	@touch $@

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed, and '$(PYTHON)' is $$($(PYTHON) --version 2>&1)."; \
		echo "Name another one: make lab PYTHON=python3.12"; exit 1; }
ifneq ($(HAS_UV),)
	uv venv --quiet --clear --python $(PYTHON) $(VENV)
else
	$(PYTHON) -m venv --clear $(VENV)
endif
