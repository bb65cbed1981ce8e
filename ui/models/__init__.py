"""Models between lists of frozen rows and Qt's views."""
