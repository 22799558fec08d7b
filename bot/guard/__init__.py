"""Carries out jobs: reads a pull request and its code, judges it, tells GitHub, and keeps the ledger."""
