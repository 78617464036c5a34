"""One file per page: controls, one call, figures."""
