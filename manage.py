#!/usr/bin/env python
"""Django's command line for Scaling Advisor."""

import os
import sys

from django.core.management import execute_from_command_line

from advisor.embedded import home

if __name__ == "__main__":
    if demo := home.of_lone_demo(os.environ):
        os.environ["ADVISOR_HOME"] = str(demo)  # what runs is what is asked about
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisor.settings")
    execute_from_command_line(sys.argv)
