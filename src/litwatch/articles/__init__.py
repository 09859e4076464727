"""Articles: what a published answer says, sentence by sentence, with its markers and references.

``article_reader.read_article`` reads one from a file's bytes. A reader of the file's form (``forms``) makes blocks of
it; ``assembly`` takes the page's ``furniture`` off, reads the ``reference_list``, settles the ``markers`` and cuts
sentences. Entries that are not printed come from ``bibliography``; each language's words stand in ``languages``.

The package imports none of its readers: whoever speaks of an Article needs neither an HTML parser nor a Markdown one.
"""
