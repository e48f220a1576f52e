"""The formats that the dataset is exported to, a module each."""
