"""The HTML pages of a release and the templates and pictures they are made from."""
