from __future__ import annotations

import os
import socket
from contextlib import ExitStack

import pytest

from advisor_agent.socket_owner import inode_between


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_socket_is_found_by_its_two_ends(host):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((host, 0), family=family))
        client = stack.enter_context(socket.create_connection(listener.getsockname()[:2]))
        accepted = stack.enter_context(listener.accept()[0])
        near, far = accepted.getsockname()[:2], client.getsockname()[:2]
        assert inode_between(near, far) == os.fstat(accepted.fileno()).st_ino
        assert inode_between(far, near) == os.fstat(client.fileno()).st_ino


def test_one_that_serves_both_families_is_found_by_the_older_ones_address():
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("", 0), family=socket.AF_INET6, dualstack_ipv6=True))
        client = stack.enter_context(socket.create_connection(("127.0.0.1", listener.getsockname()[1])))
        ours = stack.enter_context(listener.accept()[0])
        assert inode_between(client.getpeername(), client.getsockname()) == os.fstat(ours.fileno()).st_ino


def test_no_socket_between_two_ends_is_an_error_that_says_so():
    with pytest.raises(OSError, match="sock_diag"):
        inode_between(("127.0.0.1", 1), ("127.0.0.1", 2))
