"""The SQLite file: connections, migrations, backup, and the small state that the program keeps there."""
