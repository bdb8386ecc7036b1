"""What the peers in Python save: one row in SQLite, one durable transaction for each request, as
chapter 05 does it. One connection; whoever has several threads brings a lock."""
import sqlite3


class Items:
    def __init__(self, file):
        self.database = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        for statement in (
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "CREATE TABLE IF NOT EXISTS items (pk INTEGER PRIMARY KEY, body BLOB NOT NULL)",
        ):
            self.database.execute(statement)

    def save(self, body):
        """Blocks until the row is on the disk; returns its key."""
        # Outside a BEGIN each statement is a transaction of its own.
        return self.database.execute("INSERT INTO items (body) VALUES (?)", (body,)).lastrowid
