"""Tokens to report with."""

from __future__ import annotations

import pytest

from advisor.fleet import tokens
from advisor.fleet.models import Token


@pytest.fixture
def token(db: None) -> Token:
    """May speak for any host."""
    return tokens.make(Token.Kind.API)[0]


@pytest.fixture
def host_token(db: None) -> Token:
    """Belongs to the first host that uses it."""
    return tokens.make(Token.Kind.HOST)[0]


@pytest.fixture
def committed(transactional_db: None) -> Token:
    """A token in a database whose transactions end."""
    return tokens.make(Token.Kind.API)[0]
