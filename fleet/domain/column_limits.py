"""What a column of a database takes."""

LARGEST_INTEGER = 2**31 - 1
# Of PostgreSQL's INTEGER; SQLite takes more.
