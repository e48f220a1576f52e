"""Citations: what is cited, and a module for each way to write it down."""
