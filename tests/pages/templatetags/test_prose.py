from __future__ import annotations

import pytest

from advisor.pages.templatetags.prose import prose


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain <b>text</b>", "plain &lt;b&gt;text&lt;/b&gt;"),
        ("use `NODE_OPTIONS`", "use <code>NODE_OPTIONS</code>"),
        (
            "see [the page](https://nodejs.org/api/)",
            'see <a href="https://nodejs.org/api/" rel="noreferrer">the page</a>',
        ),
        ("[no](javascript:alert(1))", "[no](javascript:alert(1))"),
        ("- an item", "an item"),
    ],
)
def test_only_code_and_web_links_become_elements(text: str, html: str) -> None:
    assert prose(text) == html
