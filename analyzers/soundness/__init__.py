"""The soundness scope: edits of safe code that unsafe sites rely on (`docs/how-it-sees/soundness-scope.md`)."""
