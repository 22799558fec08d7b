"""What happens on GitHub when people or Apps act: state, history and webhooks change together, one file per subject."""
