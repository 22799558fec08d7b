"""Dependencies: what a lock file brings in, and who has vouched for it."""
