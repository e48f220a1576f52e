"""What changed between two data packages, and what version that asks for. Standard library alone: one module a matter."""
