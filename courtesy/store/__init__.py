"""The store: recordings, what was heard in them, and what was made of it."""

from courtesy.store.database import Database
from courtesy.store.opening import open_database

__all__ = ["Database", "open_database"]
