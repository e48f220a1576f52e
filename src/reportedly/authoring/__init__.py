"""What makes a package: how far two codings of the same articles agree."""
