# `make` alone lists the targets.

PYTHON ?= python3
READY := .venv/.ready
OLDEST := .venv-oldest/.ready
PY := .venv/bin/python
NOTEBOOKS := $(sort $(wildcard notebooks/[0-9]*.ipynb))

# More options for JupyterLab (LAB="--no-browser"), and which notebooks to refresh or try (NB=04).
LAB ?=
NB ?=

.DEFAULT_GOAL := help
.PHONY: help lab test lint refresh pages slides handouts patients homework homework-check students release
.PHONY: bench every-seed last-bit lock test-oldest test-newest test-later clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

lab: $(READY) ## set up once, then open JupyterLab on the notebooks
	$(PY) -m jupyterlab --config=publish/lab.py --ServerApp.root_dir=notebooks $(LAB)

# For two processors: three workers, since each waits a third of its time for browsers and kernels.
# More threads of OpenBLAS would only wait for each other, spinning.
test: export OPENBLAS_NUM_THREADS ?= 1
test: lint ## run every check: linters, the tests, strict nbval over every notebook
	$(PY) -m pytest tests -n 3 --dist loadscope --no-loadscope-reorder \
		--cov --cov-report=term:skip-covered --cov-fail-under=95
	$(if $(NOTEBOOKS),$(PY) -m pytest $(NOTEBOOKS) -n 2 --dist loadscope --nbval --nbval-current-env \
		--nbval-cell-timeout=300 --nbval-sanitize-with=tests/course/nbval.cfg)

last-bit: $(READY) ## run all notebooks on other processors' kernels, and in JupyterLab (5 minutes)
	LAST_BIT=all $(PY) -m pytest tests/course/test_last_bit.py \
		tests/browser/test_notebooks_in_lab.py -n 2 -rs

lint: $(READY) ## check the style of Python, of JavaScript, and of the workflows
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) tests/house/lint/lint.py

refresh: $(READY) ## run the notebooks again in place (NB=04 for one)
	$(PY) -m publish.refresh $(NB)

pages: $(READY) ## make the notebooks' pages, in build/html
	$(PY) -m publish.pages

slides: $(READY) ## make the slides of notebooks 01-06, in build/slides
	$(PY) -m publish.slides

handouts: slides ## print the slides to PDF, in build/handouts (needs Chromium)
	$(PY) -m publish.handouts

patients: $(READY) ## make the patients of 08 to hand out, without diagnoses, in build/patients
	$(PY) -m publish.patients

homework: $(READY) ## make the homework's release from its source
	cd notebooks/homework && for assignment in $(notdir $(wildcard notebooks/homework/source/*)); do \
		../../$(PY) -m nbgrader generate_assignment $$assignment --force --no-db || exit 1; done

homework-check: $(READY) ## grade every right and wrong answer with nbgrader (8 minutes)
	HOMEWORK_ALL=yes $(PY) -m pytest tests/homework -n 2 --dist loadscope

every-seed: $(READY) ## try the exercises' checks on thousands of seeds (NB=04; hours)
	$(PY) tests/course/every_seed.py $(NB)

students: $(READY) ## pack what students get into one zip, in build/students
	$(PY) -m publish.students

release: $(READY) ## make everything that is downloaded, in build/release (needs Chromium)
	rm -rf build
	$(MAKE) pages handouts
	$(PY) -m publish.release

bench: $(READY) ## measure speed and memory, beside scikit-learn
	$(PY) benchmarks/run.py

lock: needs-uv ## renew the two lock files (needs uv)
	$(COMPILE_ALL) --upgrade --output-file=requirements.lock
	$(COMPILE) --resolution=lowest-direct --output-file=requirements-oldest.lock
	uv run --quiet --no-project --with pip --with packaging python tests/house/closure.py

test-oldest: $(OLDEST) ## run the tests with the oldest versions that pyproject.toml allows
	.venv-oldest/bin/python -m pytest tests -n 2 -m "not browser and not tools"

# A lock of eight weeks ago is one whose world has moved on; pip 23.2 is what Python 3.11 came with.
test-later: needs-uv ## would a lock of eight weeks ago install today, with an old pip? (needs uv)
	$(COMPILE_ALL) --exclude-newer="8 weeks" --output-file=build/later.lock
	uv venv --quiet --clear --python "$(PYTHON)" --seed build/later
	build/later/bin/python -m pip install --quiet pip==23.2.1
	build/later/bin/python -m pip install --dry-run --require-hashes -r build/later.lock
	build/later/bin/python -m pip install --dry-run --no-deps --require-hashes -r build/later.lock

test-newest: ## run the tests with the newest versions that pyproject.toml allows
	rm -rf .venv-newest
	$(PYTHON) -m venv .venv-newest
	.venv-newest/bin/python -m pip install --quiet -e ".[lab,test,homework,slides]"
	.venv-newest/bin/python -m pytest tests -n 2 --dist loadscope

clean: ## delete the environments and all that can be made again
	rm -rf .venv .venv-oldest .venv-newest .pytest_cache .ruff_cache .hypothesis .coverage build dist \
		tests/house/lint/node_modules

# --- Setting up: only when the lock has changed ---

.PHONY: .venv
.venv: $(READY)

$(READY): requirements.lock
$(OLDEST): requirements-oldest.lock
$(READY) $(OLDEST):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed, but $(PYTHON) is: $$($(PYTHON) --version 2>&1)"; \
		echo "Name a newer one, for example: make lab PYTHON=python3.12"; exit 1; }
	@echo "Setting up $(@D). This takes a minute or two, once."
	@rm -rf $(@D)
	@$(NEW_VENV) $(@D) || { echo "On Debian and Ubuntu, first: apt install python3-venv"; exit 1; }
	@$(INSTALL) --no-deps --require-hashes -r $<
	@$(INSTALL) --no-build-isolation --no-deps -e .
	@touch $@

# uv where it is present, plain pip where not. Both check every hash, and compile: what starts in a
# box that cannot write would compile every package anew.
ifneq ($(shell command -v uv 2>/dev/null),)
NEW_VENV = uv venv --quiet --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')"
INSTALL = uv pip install --quiet --compile-bytecode --python $(@D)/bin/python
else
NEW_VENV = $(PYTHON) -m venv
INSTALL = $(@D)/bin/python -m pip install --quiet --disable-pip-version-check
endif

.PHONY: needs-uv
needs-uv:
	@command -v uv >/dev/null || { echo "This needs uv: $(PYTHON) -m pip install uv"; exit 1; }
	@mkdir -p build

# Extras are part of a pin: without them, pip 23.2 and older look for releases of today.
COMPILE = uv pip compile --quiet pyproject.toml --extra lab --extra test --universal \
	--python-version=3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header
COMPILE_ALL = $(COMPILE) --extra homework --extra slides
