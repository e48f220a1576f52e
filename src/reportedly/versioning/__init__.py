"""Two data packages compared, and releases."""
