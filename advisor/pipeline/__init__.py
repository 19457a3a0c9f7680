"""Where the parts meet

In:  the flow and the Celery tasks..
Out: ids and due times.
May import: evaluated services, delivered messages:everything below.
"""
