"""The JSON in which GitHub shows each thing: one file per subject, the same for REST answers and webhooks."""
