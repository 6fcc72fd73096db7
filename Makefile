# The front door: each target sets up all it needs from nothing but Python 3.11 or newer and make.
# The logic lives in Python, not here.

SHELL := /bin/sh
READY := .venv/.ready .venv-aws/.ready
BIN := .venv/bin
CANDIDATES := python3 python3.13 python3.12 python3.11
TOO_OLD := Callscribe needs Python 3.11 or newer, and none of these is: $(CANDIDATES). Install one, or name one: make PYTHON=/path/to/python3

# $(call environment,FOLDER,LOCK): an environment in FOLDER that holds exactly what LOCK lists, by hash.
define environment
	@python='$(PYTHON)'; \
	for candidate in $${python:-$(CANDIDATES)}; do \
		"$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && found=$$candidate && break; \
	done; \
	if [ -z "$${found:-}" ]; then echo '$(TOO_OLD)' >&2; exit 78; fi; \
	echo "setting up $(1): $$(grep -c '==' $(2)) packages from $(2), with $$("$$found" -V); this takes up to two minutes"; \
	if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing --python "$$("$$found" -c 'import sys; print(sys.executable)')" $(1) && \
		uv pip install --quiet --python $(1)/bin/python --require-hashes -r $(2); \
	else \
		"$$found" -m venv $(1) && \
		$(1)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(2); \
	fi
endef

INFRA_TESTS := tests/infra tests/alarms tests/permissions tests/planning tests/pipelines

.PHONY: help demo test up check supply infra cassette alarms package sbom advisories bench bench-full browser chaos corpus fuzz load pictures privacy races requests simulate lock clean
help: ## what there is
	@grep -E '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

demo: $(READY) ## start everything, transcribe the bundled calls, check the result
	@$(BIN)/callscribe demo

up: $(READY) ## run the whole service on this machine until Ctrl-C
	@$(BIN)/callscribe up

test: $(READY) browser ## all tests; takes Chromium from the system, installs it where it may
	$(BIN)/pytest -n auto --maxprocesses 4

browser: .venv/.ready
	@PYTHONPATH=tests $(BIN)/python -m console browser

pictures: $(READY) ## pictures of the page at /console for the README, into tests/console/pictures/
	@PYTHONPATH=tests $(BIN)/python -m console pictures

check: .venv/.ready ## style, types, import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

supply: .venv/.ready .venv-supply/.ready ## locks, licences, workflows, rights, bandit, zizmor, secrets: offline
	@PYTHONPATH=tests $(BIN)/python -m supply check

infra: $(READY) .venv-checkov/.ready ## Terraform valid, tested, planned on an emulator, checkov; needs TF_PLUGIN_MIRROR; FULL=1: applied and destroyed
	.venv-checkov/bin/checkov --config-file .checkov.yaml
	$(BIN)/pytest -m "infra$(if $(FULL), or infra_full)" $(INFRA_TESTS)

cassette: $(READY) ## record what Terraform makes, for the local stack and the tests: after every change of infra/
	@PYTHONPATH=tests $(BIN)/python -m infra record

package: .venv/.ready ## the functions as one zip, byte for byte the same each time, into build/functions.zip
	@$(BIN)/python infra/package.py --out build/functions.zip

alarms: $(READY) ## plan production: what the tests of alarms read, and the table of the runbook
	@PYTHONPATH=tests $(BIN)/python -m alarms

sbom: .venv/.ready .venv-supply/.ready ## a bill of materials for each lock, into build/sbom/
	@PYTHONPATH=tests $(BIN)/python -m supply sbom

advisories: .venv/.ready .venv-supply/.ready ## known holes in the locks: asks an advisory service, 69 without one
	@PYTHONPATH=tests $(BIN)/python -m supply advisories

bench: $(READY) ## ratios against others and against what is possible; GPU=1: on a card; ARGS="--only P2,P5 --force"
	@PYTHONPATH=tests $(BIN)/python -m benchmarks $(if $(GPU),--gpu) $(ARGS)

bench-full: $(READY) ## the same with its long rows
	@PYTHONPATH=tests $(BIN)/python -m benchmarks --full $(ARGS)

chaos: $(READY) ## the protocol simulated, then real processes killed and starved; KILLS=20 a point, SCHEDULES=200000, SEED=1
	@PYTHONPATH=tests $(BIN)/python -m sim --schedules $(or $(SCHEDULES),200000) --seed $(or $(SEED),1) --jobs $(or $(JOBS),2)
	@PYTHONPATH=tests $(BIN)/python -m chaos --kills $(or $(KILLS),20) --seed $(or $(SEED),1) $(ARGS)

fuzz: $(READY) .venv-fuzz/.ready ## requests to the API, mutants to the decoder, atheris; REQUESTS=50000 SEED=1 ARGS="--only audio"
	@PYTHONPATH="tests:$$(.venv-fuzz/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
		$(BIN)/python -m fuzz --requests $(or $(REQUESTS),50000) --seed $(or $(SEED),1) $(ARGS)

corpus: $(READY) ## every hostile and damaged recording, its answer, time and memory; ARGS=--trace
	@PYTHONPATH=tests $(BIN)/python -m corpus $(ARGS)

privacy: $(READY) ## names, numbers and words searched for in everything that is told; RACES=1000 erasures against workers
	@PYTHONPATH=tests $(BIN)/python -m privacy --races $(or $(RACES),1000)

requests: $(READY) ## every malformed and hostile request against a server of its own, as a table; ARGS=--quick
	@PYTHONPATH=tests $(BIN)/python -m wire $(ARGS)

load: $(READY) ## a night of thousands on a stub engine: nothing lost, memory, waits; JOBS=10000
	@PYTHONPATH=tests $(BIN)/python -m load --jobs $(or $(JOBS),10000)

simulate: $(READY) ## the protocol under seeded faults alone; ARGS='--schedules 20000 --seed 1', '--replay SEED', '--mutants'
	@PYTHONPATH=tests $(BIN)/python -m sim $(ARGS)

races: $(READY) ## cancels, retries and erasures raced against the worker; RACES=1000 SEED=1 ARGS='--only erase'
	@PYTHONPATH=tests $(BIN)/python -m races --races $(or $(RACES),1000) --seed $(or $(SEED),1) $(ARGS)

clean: ## remove everything that make and the tests made
	rm -rf .venv .venv-aws .venv-supply .venv-fuzz .venv-checkov .local .schemathesis build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.ready: docker/lock/dev.txt pyproject.toml
	$(call environment,.venv,docker/lock/dev.txt)
	@if command -v uv >/dev/null 2>&1; then \
		uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	fi
	@touch $@

.venv-aws/.ready: docker/lock/emulator.txt
	$(call environment,.venv-aws,docker/lock/emulator.txt)
	@touch $@

.venv-supply/.ready: docker/lock/supply.txt
	$(call environment,.venv-supply,docker/lock/supply.txt)
	@touch $@

.venv-checkov/.ready: docker/lock/checkov.txt
	$(call environment,.venv-checkov,docker/lock/checkov.txt)
	@touch $@

.venv-fuzz/.ready: docker/lock/fuzz.txt
	$(call environment,.venv-fuzz,docker/lock/fuzz.txt)
	@touch $@

# setuptools is in every lock because it builds the editable install without an isolated environment. One version for
# every Python (fewest): the images run a newer one than the tests may.
COMPILE = uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-header --no-annotate
LOCK = printf 'setuptools>=84\n' | $(COMPILE) pyproject.toml -
lock: ## choose the newest versions that fit, with their hashes (needs uv)
	$(LOCK) --upgrade --extra api --output-file docker/lock/api.txt
	$(LOCK) --upgrade --extra worker --output-file docker/lock/worker.txt
	$(LOCK) --upgrade --extra worker --extra gpu --output-file docker/lock/worker-gpu.txt
	$(LOCK) --upgrade --extra api --extra local --output-file docker/lock/api-local.txt
	$(LOCK) --upgrade --extra api --extra worker --extra local --output-file docker/lock/local.txt
	$(LOCK) --upgrade --extra api --extra worker --extra local --group dev --output-file docker/lock/dev.txt
	$(COMPILE) --upgrade --group emulator --output-file docker/lock/emulator.txt
	$(COMPILE) --upgrade --group supply --output-file docker/lock/supply.txt
	$(COMPILE) --upgrade --group fuzz --output-file docker/lock/fuzz.txt
	$(COMPILE) --upgrade --group checkov --output-file docker/lock/checkov.txt
