"""Citations of the dataset and of its rows."""
