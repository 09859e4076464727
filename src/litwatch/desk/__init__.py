"""The desk: a small web page on which board members answer and editors look things up.

    access      who holds which link or session, and how often they may ask
    readings    what a page shows: the last published snapshot of the store, and the answers that wait
    pagination  which of an article's new records one page shows
    answers     a form's fields → an event
    checks      one check at a time, as a process of its own
    handlers    what each address shows and does
    editing     an editor's changes of an article's files: strategy, settings, the file as a whole; a watch's end
    article_uploads  a new article, or a new text, as a file
    guard       headers, and a limit of requests
    app         addresses, bodies, errors

It reads the snapshot, writes into the inbox, and never opens the store itself. The articles' files are changed by
``night.topic_edits`` alone. GET changes nothing. No page needs a
script.
"""

from litwatch.desk.app import make_app, make_server

__all__ = ["make_app", "make_server"]
