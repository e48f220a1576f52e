"""The pages of the documentation that follow from the schemas, the data and the rules."""
