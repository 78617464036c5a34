"""Everything that the app says."""
