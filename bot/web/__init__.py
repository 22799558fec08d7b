"""The server: receives webhooks, says how it is, and runs the queue."""
