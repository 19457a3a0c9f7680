"""A sign-in link works once, for a quarter of an hour, whoever is faster."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from advisor.fleet import links
from advisor.fleet.models import SignInLink


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("owner")


def test_a_link_works_once(user: User) -> None:
    raw = links.make(user)

    assert links.redeem(raw) == user
    assert links.redeem(raw) is None


def test_only_the_digest_is_kept(user: User) -> None:
    raw = links.make(user)

    assert raw not in str(SignInLink.objects.values().get())


def test_an_unknown_link_signs_nobody_in(user: User) -> None:
    links.make(user)

    assert links.redeem("x" * 43) is None


def test_a_link_is_over_after_a_quarter_of_an_hour(user: User) -> None:
    raw = links.make(user)
    SignInLink.objects.update(expires_at=timezone.now())

    assert links.redeem(raw) is None
    assert timedelta(minutes=15) == links.LIFETIME


def test_an_account_that_is_switched_off_stays_out(user: User) -> None:
    raw = links.make(user)
    User.objects.update(is_active=False)

    assert links.redeem(raw) is None


@pytest.mark.django_db(transaction=True)
def test_of_several_at_once_one_gets_in() -> None:
    raw = links.make(User.objects.create_user("owner"))
    together, answers = threading.Barrier(6), []

    def enter() -> None:
        together.wait()
        answers.append(links.redeem(raw))
        connection.close()

    threads = [threading.Thread(target=enter) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(answer is not None for answer in answers) == 1
