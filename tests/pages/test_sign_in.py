from __future__ import annotations

from django.contrib.auth.models import User
from django.test import Client

from advisor.fleet import links


def test_a_link_signs_in_once(client: Client, person: User) -> None:
    address = f"/sign-in/{links.make(person)}/"
    assert client.head(address).status_code == 405  # a preview does not use it up
    assert client.get(address)["Location"] == "/"
    assert client.get("/").status_code == 200
    again = Client().get(address)
    assert again.status_code == 403
    assert "no longer works" in again.content.decode()


def test_the_page_says_how_to_get_a_link(client: Client, db: None) -> None:
    text = client.get("/sign-in/").content.decode()
    assert "make link" in text
    assert "Recommendations" not in text  # no places to go for a stranger
