"""Dependencies: what lock files, manifests and vendored packages bring in, and who has vouched for it."""
