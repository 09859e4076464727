# The development workflow, executable. `make` lists what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup run docs docs-test pictures test test-all check fix lock clean fuzz soak soak-prefect mutation mutation-sql bench-references bench-pages bench-parse bench-startup bench-store bench-replay bench-scale bench-pass bench-matching bench-triage bench-findings bench-suggestion clients

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: $(READY)  ## make .venv from requirements.lock (the other targets do it themselves)

# --no-deps: the lock is complete, and pip 23 mistakes Prefect's "sqlalchemy[asyncio]" for an unpinned requirement.
# --no-compile: pip compiles one module after the other, compileall one on each core.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "litwatch needs Python 3.11 or newer; set PYTHON=…" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-compile --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib || true  # a package's template that is no Python
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m pip check
	@touch $@

run: $(READY)  ## one night under Prefect against the stand-in, with invented records: report, digest, summary
	$(BIN)/python -m litwatch_flows.demonstration

docs: $(READY)  ## the documentation as a site, in docs/_build; broken links and lost pages are errors
	$(BIN)/python -m sphinx -W --keep-going --quiet -b html -d docs/_build/.pages docs docs/_build/site
	@echo "open docs/_build/site/index.html"

docs-test: $(READY)  ## the documentation walked on a bare machine: pip, servers, a power cut, a backup (10 minutes)
	$(BIN)/python -m tests.docs.real_machine

pictures: $(READY)  ## the documentation's pictures, taken with Chromium (docs/pictures)
	$(BIN)/python -m tests.browser.pictures

# Two workers have a core each: a thread more for each matrix or query only costs time. DuckDB takes the number of its
# threads from the second variable, which batch systems set.
test test-all: export OPENBLAS_NUM_THREADS := 1
test test-all: export SLURM_CPUS_ON_NODE := 1
# Hundreds of tests start a process: where the environment forbids to keep compiled modules, each would compile litwatch anew.
test test-all: export PYTHONDONTWRITEBYTECODE :=
# A night waits for the disk some twenty-five times (fsync); in memory, where there is room, it waits for nothing.
IN_MEMORY := $(shell [ -w /dev/shm ] && [ "$$(df -Pk /dev/shm | awk 'END { print $$4 }')" -gt 4000000 ] && echo /dev/shm)
test: export TMPDIR := $(or $(TMPDIR),$(IN_MEMORY),/tmp)
test: $(READY)  ## the tests
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow"

test-all: $(READY)  ## the tests and the slow ones
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

REAL_XML := $(wildcard $(or $(LITWATCH_SHARED),../shared)/data/pubmed_xml)
bench-store: $(READY)  ## what the store, a bulk file and a night beside a million records cost (10 minutes, 3 GB of disk)
	$(BIN)/python -m bench.store
	$(BIN)/python -m bench.bulk
	$(if $(REAL_XML),$(BIN)/python -m bench.bulk --xml $(REAL_XML))
	$(BIN)/python -m bench.night

# BESIDE: another checkout of litwatch, whose commands are measured in turn with these.
bench-startup: $(READY)  ## what litwatch --version and its like cost beside an empty Python (BESIDE=folder to compare)
	$(BIN)/python -m bench.startup $(if $(BESIDE),--beside $(BESIDE))

bench-replay: $(READY)  ## 624 real nights, then all of them once more: NIGHTLY=file.csv.gz (see docs/performance.md)
	@test -n "$(NIGHTLY)" || { echo "name the records: make bench-replay NIGHTLY=….csv.gz" >&2; exit 1; }
	$(BIN)/python -m bench.replay "$(NIGHTLY)"

check: $(READY)  ## formatter, linter, strict types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

fix: $(READY)  ## format, fix what the linter can fix, write the table of settings anew
	$(BIN)/python -m litwatch.config.settings_reference docs/settings.md
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(READY)  ## renew requirements.lock (see CONTRIBUTING.md)
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install --quiet uv
	UV_PYTHON_DOWNLOADS=never $(VENV)/lock/bin/uv lock --upgrade
	UV_PYTHON_DOWNLOADS=never $(VENV)/lock/bin/uv export --quiet --format requirements.txt --extra dev --no-emit-project --no-header --output-file requirements.lock

fuzz: $(VENV)/fuzz  ## hostile bytes for the parser, for five minutes or SECONDS=…
	PYTHONPATH=$(VENV)/fuzz:. $(BIN)/python -m tests.fuzz.pubmed_xml -max_total_time=$(or $(SECONDS),300)

soak: $(READY)  ## 90 nights with 20 articles and every fault: SEED=1 PART=1|2|3 (all that is left by default)
	$(BIN)/python -m tests.world.soak --seed $(or $(SEED),1) $(if $(PART),--part $(PART))

soak-prefect: $(READY)  ## 90 nights under a real Prefect, some cut off by a power cut (an hour and a half): NIGHTS=90
	$(BIN)/python -m tests.world.prefect_soak --nights $(or $(NIGHTS),90) --seed $(or $(SEED),1)

mutation: $(VENV)/mutation  ## small changes to the decision core, each of which a test must see: MODULES="verdict …"
	PYTHONPATH=$(VENV)/mutation:. $(BIN)/python -m tests.mutation.decisions $(MODULES)

mutation-sql: $(READY)  ## the same for the store's SQL: FILES="outbox …" (15 minutes)
	$(BIN)/python -m tests.mutation.sql_edits $(FILES)

$(VENV)/mutation: tests/mutation/requirements.txt $(READY)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --upgrade --target $@ -r $<
	@touch $@

$(VENV)/fuzz: tests/fuzz/requirements.txt $(READY)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --upgrade --target $@ -r $<
	@touch $@

# SCALE: options of bench/scale.py, such as SCALE="--rows quiet first --articles 60". Without a C compiler and zlib's
# headers pubmedparser2 is left out, and the table says so.
bench-scale: $(READY)  ## what a site of many articles costs (BESIDE=folder to compare; hours)
	-test -d $(VENV)/compiled-peers || $(BIN)/python -m pip install --quiet --no-deps --require-hashes --target $(VENV)/compiled-peers -r bench/compiled_peers.txt
	-test -d $(VENV)/matching-peer || $(BIN)/python -m pip install --quiet --no-deps --require-hashes --target $(VENV)/matching-peer -r bench/matching_peer.txt
	PYTHONPATH=$(VENV)/compiled-peers:$(VENV)/matching-peer $(BIN)/python -m bench.scale $(if $(BESIDE),--beside $(BESIDE)) $(SCALE)

# PASS: options of bench/scale_pass.py, such as PASS="--articles 1000 --stored 100000".
bench-pass: $(READY)  ## a night that one of NLM's update files carries, by articles and stored records (hours)
	$(BIN)/python -m bench.scale_pass $(PASS)

bench-matching: $(VENV)/matching-peer  ## 30,000 records against 10,000 strategies, beside tantivy (10 minutes)
	PYTHONPATH=$(VENV)/matching-peer $(BIN)/python -m bench.matching

$(VENV)/matching-peer: bench/matching_peer.txt $(READY)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --upgrade --target $@ -r $<
	@touch $@

bench-parse: $(VENV)/peers  ## the parser beside pubmed_parser and Bio.Entrez, on 10,000 records and more (5 minutes)
	PYTHONPATH=$(VENV)/peers $(BIN)/python bench/parse.py

$(VENV)/peers: bench/peers.txt $(READY)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --upgrade --target $@ -r $<
	@touch $@

# PAGES: a folder of saved pages (bench/pages.py says what may stand beside each).
bench-pages: $(READY)  ## how well saved web pages are read: PAGES=folder
	@test -n "$(PAGES)" || { echo "name the folder: make bench-pages PAGES=…" >&2; exit 1; }
	$(BIN)/python -m bench.pages "$(PAGES)"

bench-references: $(VENV)/styles  ## how many printed references are found correctly (needs the reference material)
	PYTHONPATH=$(VENV)/styles $(BIN)/python bench/references.py

$(VENV)/styles: bench/styles.txt $(READY)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --upgrade --target $@ -r $<
	@touch $@

clients: $(VENV)/clients/installed  ## other people's E-utilities clients against the stand-in (root, Linux, 5 minutes)
	$(BIN)/python -m tests.clients $(VENV)/clients $(if $(WRITE),--write)

# An environment of their own: what they depend on is theirs. Without npm, its clients are left out.
$(VENV)/clients/installed: tests/clients/requirements.txt tests/clients/package.json $(READY)
	$(BIN)/python -m venv $(VENV)/clients
	$(VENV)/clients/bin/pip install --quiet -r tests/clients/requirements.txt
	cp tests/clients/package.json $(VENV)/clients/
	-cd $(VENV)/clients && npm install --silent --no-audit --no-fund --no-package-lock
	@touch $@

# ASREVIEW: a Python in an environment of its own with asreview 3; without it that comparison is left out. SEMANTIC: a file
# for the embeddings, a tenth of a second a text the first time; without it words alone are compared.
SHARED := $(or $(LITWATCH_SHARED),../shared)
BENCHMARK := $(SHARED)/benchmark
bench-triage: $(READY)  ## the ranking against its benchmark: evaluation, protocol, replay with votes, cost
	OMP_NUM_THREADS=1 $(BIN)/python -m bench.ranking $(BENCHMARK) $(if $(ASREVIEW),--asreview $(ASREVIEW)) $(if $(SEMANTIC),--semantic $(SEMANTIC))

bench-findings: $(READY)  ## how often quoted results, facts and "bears on sentence N" are right (needs the reference material)
	$(BIN)/python -m bench.findings $(SHARED)

# BACKGROUND: papers drawn at random, packed CSV (bench/suggestion.py); without it no records a month are printed.
bench-suggestion: $(READY)  ## what the strategies of topics suggest find on the benchmark's topics (a minute)
	$(BIN)/python -m bench.suggestion $(BENCHMARK)/dev $(if $(BACKGROUND),--background $(BACKGROUND))
	$(if $(BACKGROUND),$(BIN)/python -m bench.suggestion $(BENCHMARK)/dev --background $(BACKGROUND) --weigh)

clean:  ## remove what the targets made
	rm -rf $(VENV) var docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis
