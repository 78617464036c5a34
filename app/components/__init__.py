"""The client-side views: each in a folder with its JavaScript and its Python face."""
