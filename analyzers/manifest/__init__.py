"""Reading Cargo's files."""
