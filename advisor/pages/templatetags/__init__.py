"""Template tags: small drawings and the words of figures.

In: numbers and terms.
Out: escaped SVG and text.
May import: engine (the limits of rules), vocabulary, pages.words.
"""
