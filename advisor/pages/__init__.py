"""What people see.

In: HTTP requests.
Out: HTML and JSON.
May import: everything below.
"""
