"""What is remembered. The only SQL of the project stands here, in statements that SQLite and PostgreSQL both take."""
