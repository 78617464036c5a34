"""What one visitor has, and what may be done to it."""
