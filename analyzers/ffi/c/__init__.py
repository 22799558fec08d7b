"""Reading C headers: prototypes, types and constants that are certain without a preprocessor's settings."""
