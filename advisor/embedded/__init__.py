"""The whole product under one supervisor on one machine

In:  make run and make demo..
Out: ADVISOR_HOME and a port.
May import: running processes and a sign-in link:everything.
"""
