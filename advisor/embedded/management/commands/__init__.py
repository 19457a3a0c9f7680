"""`manage.py link`."""
