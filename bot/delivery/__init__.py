"""The outbox's sender: what leaves when, how fast, and what became of it."""
