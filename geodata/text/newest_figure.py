"""How old the newest figure is, in words."""

from __future__ import annotations

import datetime as dt

from geodata.figures.availability import dates_of, populations_with_counts, programmes_with_counts
from geodata.figures.view import View
from geodata.i18n.language import Language
from geodata.snapshots.snapshot import Snapshot

# ---- how new the figures are


def newest_day(view: View) -> dt.date:
    """Return the date of the population's newest figure, by area or for the country."""
    state = view.state
    return dates_of(view.snapshot, state.pop, state.programmes)[-1]


def newest(view: View) -> str:
    """Say until when there are figures such as the view shows, and of when the newest one is.

    The newest date comes last: how long ago it is stands right behind it (:func:`age`).
    """
    language, day = view.language, newest_day(view)
    view_day = view.counts.dates[view.counts.newest]
    dates = {"date": language.date(day, "long"), "shown": language.date(view_day, "long")}
    if view_day == day:
        return language.gettext("Newest figure: {date}", **dates)
    if view.counts.national_only[-1]:
        return language.gettext(
            "Newest figure by governorate: {shown}; for the country: {date}", **dates
        )
    return language.gettext("Newest figure shown here: {shown}; of all: {date}", **dates)


def age(day: dt.date, today: dt.date, old_after: int, language: Language) -> str:
    """Say how many months ago a date is: ``23 months ago``; nothing where it is not long.

    Parameters
    ----------
    old_after
        Days after which it is said.
    """
    if (today - day).days <= old_after:
        return ""
    return language.ngettext("{n} month ago", "{n} months ago", _months(day, today))


def ages(snapshot: Snapshot, today: dt.date, old_after: int, language: Language) -> dict[str, str]:
    """Write the age of every date that a newest figure may be of; see :func:`age`."""
    days = {dates_of(snapshot, pop)[-1] for pop in populations_with_counts(snapshot)} | {
        dates_of(snapshot, pop, [programme])[-1]
        for pop in populations_with_counts(snapshot)
        for programme in programmes_with_counts(snapshot, pop)
    }
    by_day = {day.isoformat(): age(day, today, old_after, language) for day in sorted(days)}
    return {day: ago for day, ago in by_day.items() if ago}


def _months(earlier: dt.date, later: dt.date) -> int:
    """Count whole months between two dates; last days of months are whole months apart."""
    tomorrow, then = (day + dt.timedelta(days=1) for day in (later, earlier))
    months = 12 * (tomorrow.year - then.year) + tomorrow.month - then.month
    return months - (tomorrow.day < then.day)
