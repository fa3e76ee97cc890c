"""Django's PostgreSQL backend, with prepared statements where they are asked for."""
