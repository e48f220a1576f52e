"""What a valid package is, as expressions that know no library of frames."""
