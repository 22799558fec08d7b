"""What checks unsafe code besides people: proofs, interpreters, model checkers, fuzzers and sanitizers."""
