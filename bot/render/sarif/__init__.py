"""The parts of a SARIF log: results, and the rules they are results of."""
