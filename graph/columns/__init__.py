"""The fact table: one row a question, one numpy array a column, read from the graph and kept beside it."""
