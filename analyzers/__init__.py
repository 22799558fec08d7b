"""The pure core: bytes in, facts out. No network, clock, environment or subprocess."""
