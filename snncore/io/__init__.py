"""Files that come in and go out: recordings, checkpoints, code."""
