"""Where the parts meet: the flow, and the Celery tasks that set it going.

In: ids and due times.
Out: evaluated services, delivered messages, rolled-up samples, a heartbeat; the commands of `manage.py`.
May import: everything below.
"""
