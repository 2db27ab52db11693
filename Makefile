# The short commands of CONTRIBUTING.md; .ci/run uses the same ones.
.PHONY: install test coverage lint format types docs map bench release-check ci
DATA ?= ../shared

install:
	pip install -e '.[test,docs,bench,llm,playground]'

test:
	pytest

coverage:
	pytest -q -n 2 --cov --cov-report=term --hypothesis-profile=few -m 'not limits' \
		--ignore=tests/attacks --ignore=tests/wire --ignore=tests/bench

lint:
	ruff check .
	ruff format --check .

format:
	ruff check --fix .
	ruff format .

types:
	mypy

docs:
	sphinx-build -q -W --keep-going -b html docs docs/_build/html

map:
	python -m tools.architecture_map --write

bench:
	.ci/benches $(DATA)

release-check:
	.ci/release-check

ci:
	.ci/run
