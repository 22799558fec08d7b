"""One file per output format; each has ``review(report, display)``, ``audit(report, display)`` or both."""
