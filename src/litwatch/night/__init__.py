"""The steps of a night, in their order.

    open the doors → search every topic → fetch once for all → decide and keep each → publish → queue → deliver

``run_night`` is the whole of it; flows and the command line call it. One failing article never stops another, and
a failure is shown as a failure: in the summary, the store, the digest and the exit status. This package holds
order and transactions; what a change means is decided in ``decisions``.
"""
