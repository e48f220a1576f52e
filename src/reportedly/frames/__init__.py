"""What a reader asks for: tables as frames."""
