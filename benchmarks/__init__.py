"""Measure the map's speed and size, beside the page a Dash tutorial would make of the same data.

``make bench`` (or ``python -m benchmarks``) measures everything in one run, on one machine, in one
Chromium and against the bundled snapshot, and prints one table; ``--markdown FILE`` writes it as
Markdown too. Both pages are served by gunicorn with the settings of ``make run``.

::

    __main__    the runner               table      rows, targets, verdicts
    serving     starts and stops servers browser    Chromium, and what goes over the wire
    tutorial    the page compared with
    slider      a step of the slider     loading    first load
    filters     a change of a filter     server     start-up, views, requests per second
    slow_link   first map and first interaction on slow 4G
    sizes       files

Beside them, :mod:`benchmarks.against` (``make bench-against REF=…``) measures the map page of
another commit and of the working tree in turn, and :mod:`benchmarks.same_as` (``make same-as``)
measures nothing: it asks two commits for the same and says what differs.

How a step of the slider is measured
    Both pages get the same keydown event (ArrowLeft) on their slider, as from a key that is held,
    from the newest date back, so that both go through the same dates. Many of these steps change
    few classes; so the map also leaps from its first date to its last and back (Home, End), with
    the key released after each. Two moments follow a keydown, each with its own row:

    *recoloured*: the areas' elements have their new colours. On the map that is when the event's
    dispatch returns; on the tutorial page it is Plotly's ``plotly_afterplot``, after the answer of
    the callback. These two are what "times faster" compares: neither includes the painting of
    pixels.

    *painted*: the frame after that has been painted (``requestAnimationFrame``, then a message to
    oneself). It includes the wait for the frame, up to 17 ms at 60 Hz, which no page can avoid;
    steps start at random moments so that they meet the screen's rhythm anywhere.

    *work* is the time for which the page's main thread was busy (Chromium's ``TaskDuration``), all
    that a step sets off included, divided by the number of steps.

What is counted
    Requests and bytes come from the DevTools protocol: ``encodedDataLength`` of
    ``Network.loadingFinished``, which is what was transferred: compressed, with headers. A first
    load is made with an empty cache. Caches are kept for a change of filter, as a reader's browser
    does. kB are 1,000 bytes.

A count that is over its target fails the run, as does anything that cannot be measured. A time
that is over is told and fails nothing: it may be the machine that is slow.
"""
