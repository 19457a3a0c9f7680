"""What people see: one file a page, its template has the same stem.

In: HTTP requests.
Out: HTML, JSON and CSV.
May import: everything below.
"""
