"""Foreign interfaces as data: what Rust declares towards other languages, and what a change means for them."""
