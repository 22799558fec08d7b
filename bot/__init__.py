"""The shell around the analysis: command line, git, rendering, policy and gate."""

__version__ = "0.1.0"
