"""Where tree-sitter's grammar lags the language: true of the grammar, true of rustc, and no site is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_rust

from analyzers.rust.scan import scan
from tests.analyzers import oracle
from tests.analyzers.marks import read_marked

PATHS = sorted((Path(__file__).parent / "cases" / "grammar_lag").glob("*.rs"))


@pytest.fixture(scope="module", params=PATHS, ids=lambda path: path.stem.replace("_", " "))
def lag(request: pytest.FixtureRequest) -> bytes:
    return read_marked(request.param).data


def test_the_grammar_does_not_read_it(lag: bytes) -> None:
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_rust.language()))
    assert parser.parse(lag).root_node.has_error, "the grammar has caught up: take it out of the list"


def test_rustc_reads_it(lag: bytes) -> None:
    oracle.require()
    assert oracle.read(lag, oracle.edition_of(lag)), "no Rust compiler takes this: it belongs to no list"


def test_the_scan_understands_it(lag: bytes) -> None:
    result = scan(lag)
    assert result.sites
    assert result.unanalysed == ()
