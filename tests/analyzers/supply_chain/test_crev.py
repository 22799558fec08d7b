from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from analyzers.model import Analysis, Severity
from analyzers.supply_chain.crev import reviews
from analyzers.supply_chain.survey import compare, wants
from analyzers.supply_chain.toml import StoreError
from tests.analyzers.supply_chain.locks import lock, sides

ANN, BOB = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
PATH = "Ann/reviews/2026-01-packages.proof.crev"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def body(
    key: Ed25519PrivateKey, rating: str = "positive", version: str = "1.1.0", more: str = "", day: int = 1
) -> str:
    """What cargo-crev writes for a review of the package ``a``."""
    return (
        f"kind: package review\nversion: -1\ndate: 2026-01-{day:02}T12:00:00.5+01:00\nfrom:\n  id-type: crev\n"
        f"  id: {base64url(key.public_key().public_bytes_raw())}\n  url: https://example.org/ann/crev-proofs\n"
        f"package:\n  source: https://crates.io\n  name: a\n  version: {version}\n  digest: abc\n{more}"
        f"review:\n  thoroughness: low\n  understanding: high\n  rating: {rating}\ncomment: |-\n  All is well.\n"
    )


def proof(text: str, key: Ed25519PrivateKey) -> bytes:
    """A body in a file of proofs, signed."""
    signature = base64url(key.sign(text.encode()))
    return (
        f"----- BEGIN CREV PROOF -----\n{text}----- SIGN CREV PROOF -----\n{signature}\n"
        "----- END CREV PROOF -----\n\n"
    ).encode()


def test_a_review_is_read_with_its_author_and_opinion() -> None:
    (review,) = reviews({PATH: proof(body(ANN), ANN)}, "a", "1.1.0")
    assert (review.author, review.rating, review.thoroughness, review.understanding, review.signed) == (
        "example.org/ann/crev-proofs", "positive", "low", "high", True
    )  # fmt: skip


def test_a_review_is_for_its_package_and_version() -> None:
    file = {PATH: proof(body(ANN), ANN)}
    assert reviews(file, "a", "1.1.1") == reviews(file, "b", "1.1.0") == ()


def test_a_version_that_looks_like_a_number_stays_as_it_is_written() -> None:
    assert len(reviews({PATH: proof(body(ANN, version="1.10"), ANN)}, "a", "1.10")) == 1


def test_whoever_did_not_sign_has_said_nothing() -> None:
    (review,) = reviews({PATH: proof(body(ANN), BOB)}, "a", "1.1.0")
    assert not review.signed
    tampered = proof(body(ANN, "negative"), ANN).replace(b"negative", b"positive")
    assert [each.signed for each in reviews({PATH: tampered}, "a", "1.1.0")] == [False]


def test_the_last_word_of_an_author_counts() -> None:
    file = proof(body(ANN, "negative", day=2), ANN) + proof(body(ANN, day=1), ANN)
    assert [each.rating for each in reviews({PATH: file}, "a", "1.1.0")] == ["negative"]


def test_the_older_form_of_proofs_is_read_too() -> None:
    text = body(ANN).removeprefix("kind: package review\n")
    signature = base64url(ANN.sign(text.encode()))
    file = (
        f"-----BEGIN CREV PACKAGE REVIEW-----\n{text}-----BEGIN CREV PACKAGE REVIEW SIGNATURE-----\n{signature}\n"
        "-----END CREV PACKAGE REVIEW-----\n"
    )
    assert [each.signed for each in reviews({PATH: file.encode()}, "a", "1.1.0")] == [True]
    assert [each.signed for each in reviews({PATH: file.replace("\n", "\r\n").encode()}, "a", "1.1.0")] == [
        True
    ]


@pytest.mark.parametrize(
    "file",
    [
        b"----- BEGIN CREV PROOF -----\nname: a\n",
        proof("package: [a\n", ANN),
        proof("a: " + "[" * 3000 + "\n", ANN),
        proof("a: " + "- " * 3000 + "\n", ANN),
        b"a" * 5_000_000,
        b"a\xff",
    ],
)
def test_what_is_no_file_of_proofs_says_so(file: bytes) -> None:
    with pytest.raises(StoreError, match=PATH):
        reviews({PATH: file}, "a", "1.1.0")


OLD, NEW = {"Cargo.lock": lock(("a", "1.0.0"))}, {"Cargo.lock": lock(("a", "1.1.0"))}


def test_a_new_version_says_what_reviews_in_the_library_and_the_base_say() -> None:
    library = {PATH: proof(body(ANN, more="package-diff-base:\n  version: 1.0.0\n"), ANN)}
    proofs = {"crev/b.proof.crev": proof(body(BOB), BOB)}
    found = compare(sides({**OLD, **proofs}, {**NEW, **proofs}, library), Analysis())
    told = [note.id for note in found.changes[0].notes]
    assert (told[0], sorted(told[1:])) == ("dependency-upgraded", ["crev-review", "crev-review-since"])


def test_reviews_that_the_pull_request_brings_say_nothing() -> None:
    found = compare(sides(OLD, {**NEW, "crev/b.proof.crev": proof(body(BOB), BOB)}), Analysis())
    assert [note.id for note in found.changes[0].notes] == ["dependency-upgraded"]


def test_a_review_that_advises_against_a_version_is_a_finding_unless_it_is_forged() -> None:
    (finding,) = compare(sides(OLD, NEW, {PATH: proof(body(ANN, "negative"), ANN)}), Analysis()).findings
    assert (finding.id, finding.severity) == ("dependency-review-negative", Severity.WARN)
    forged = compare(sides(OLD, NEW, {PATH: proof(body(ANN, "negative"), BOB)}), Analysis())
    assert forged.findings == ()
    assert [note.id for note in forged.changes[0].notes] == ["dependency-upgraded", "crev-forged"]


def test_a_review_by_a_program_names_the_program() -> None:
    text = body(ANN, more="llm-agent:\n  model: some-model\n")
    found = compare(sides(OLD, NEW, {PATH: proof(text, ANN)}), Analysis())
    assert dict(found.changes[0].notes[1].values)["agent"] == "some-model"


def test_proofs_are_wanted_only_where_packages_change_and_those_of_trust_never() -> None:
    library = {PATH: b"", "Ann/trust/2026-01.proof.crev": b""}
    assert [path for path in wants(sides(OLD, NEW, library)) if path.endswith(".crev")] == [PATH]
    assert not any(path.endswith(".crev") for path in wants(sides({}, {"Cargo.toml": b""}, library)))
