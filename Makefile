# Everything a person needs: `make run` opens the program, `make test` proves it. The first use sets up .venv.

PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test test-all check demo server i18n build figures lock

.venv/ready: requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	touch $@

.PHONY: ready
ready: .venv/ready
	@$(BIN)/python resources/i18n/catalogues.py compile

run: ready  ## open the program
	$(BIN)/python -m ui

test: ready  ## every test that fits in a few minutes
	$(BIN)/python -m pytest -m "not slow and not figures"

test-all: ready  ## the slow proofs too
	MENTOR_DEEP=1 $(BIN)/python -m pytest -m "not figures" --timeout 1800

check: ready  ## style, types, rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

demo: ready  ## the main job from end to end, with figures and screenshots
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.journeys.demo

server: ready  ## the central server, and how to enrol a laptop: on one SQLite file, or on what MENTOR_DATABASE=postgresql+psycopg://… names
	$(BIN)/python -m sync.server

i18n: ready  ## gather the sentences of the program into the catalogues
	$(BIN)/python resources/i18n/catalogues.py gather

build: ready  ## the program in one folder, for this system
	$(BIN)/pyinstaller --noconfirm --distpath dist --workpath build build.spec

figures: ready  ## the measurements of docs/performance.md
	$(BIN)/python -m pytest -m figures -n 0 -s tests/benchmarks

lock:  ## pin what pyproject.toml asks for
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --all-extras --generate-hashes --universal --python-version 3.11 \
		--quiet --no-header --no-emit-index-url -o requirements.lock
