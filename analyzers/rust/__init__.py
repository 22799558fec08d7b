"""Reading Rust: masking, delimiters, items, tokens, and the second opinion of tree-sitter."""
