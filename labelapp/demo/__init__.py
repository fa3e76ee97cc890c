"""The whole product on one machine: ``python -m labelapp.demo``."""
