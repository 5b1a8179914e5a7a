"""What is said, and the running program."""
