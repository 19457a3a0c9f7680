"""Template tags: small drawings and the words of figures.

In: numbers and terms.
Out: escaped SVG and text.
May import: vocabulary, pages.words.
"""
