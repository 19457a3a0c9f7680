"""A machine made of files, and a server that answers as told."""
