"""One small module for each format that the dataset is exported to, all from one build of its tables."""
