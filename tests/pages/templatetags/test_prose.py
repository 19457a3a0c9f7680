from __future__ import annotations

import pytest

from advisor.pages.templatetags.prose import coded, prose


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


def test_a_step_has_its_code_as_elements_and_no_links() -> None:
    html = "set <code>down</code> for &lt;b&gt; and [a](https://example.com)"
    assert coded("set `down` for <b> and [a](https://example.com)") == html
