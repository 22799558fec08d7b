"""Code that runs while a crate is built: build scripts and procedural macros, and what it is able to do."""
