"""State of one visitor, and the acts that change it."""
