"""What a mentor records and recalls: no Qt and no HTTP live here."""

__version__ = "0.1.0"
