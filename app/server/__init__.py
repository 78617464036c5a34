"""Everything that the visitors of one process share."""
