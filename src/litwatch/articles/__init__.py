"""Articles: what a published answer says, sentence by sentence, with its markers and references.

``article_reader.read_article`` reads one from a file's bytes. The package imports none of its readers: whoever speaks
of an Article needs neither an HTML parser nor a Markdown one.
"""
