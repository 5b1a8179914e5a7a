"""What is known: the tables and the questions the rest of the house asks of them.  Imports nothing of ours."""
