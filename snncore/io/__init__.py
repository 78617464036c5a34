"""Files read and written: recordings, checkpoints, code."""
