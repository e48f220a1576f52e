"""What the format is, as values. No file is read here."""
