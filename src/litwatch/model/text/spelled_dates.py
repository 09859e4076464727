"""Days and moments as readers are shown them, in their language."""

from __future__ import annotations

import re
from datetime import date, datetime

DATE_FORMS = {
    "en": ("{0} {1} {2}", "January February March April May June July August September October November December"),
    "en-us": ("{1} {0}, {2}", "January February March April May June July August September October November December"),
    "de": ("{0}. {1} {2}", "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
    "fr": ("{0} {1} {2}", "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
    "es": ("{0} de {1} de {2}", "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
           "diciembre"),
    "it": ("{0} {1} {2}", "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
           "dicembre"),
    "nl": ("{0} {1} {2}", "januari februari maart april mei juni juli augustus september oktober november december"),
    "pt": ("{0} de {1} de {2}", "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro "
           "dezembro"),
    "iso": ("{2}-{3:02}-{0:02}", ""),
}  # fmt: skip
"""How a day is written in each language (Unicode CLDR, long form): day, month, year, number of the month."""


def long_date(day: date | None, missing: str = "not stated", form: str = "en") -> str:
    """A date that is read the same on both sides of the Atlantic: ``3 March 2026``; ``form`` is of DATE_FORMS."""
    if day is None:
        return missing
    pattern, months = DATE_FORMS[form]
    return pattern.format(day.day, months.split()[day.month - 1] if months else "", day.year, day.month)


_STORED_DAY = re.compile(r"(?<![\w/=&:.-])(\d{4}-\d\d-\d\d)(?![\w/&:-])")


def dated(text: str, form: str = "en") -> str:
    """A sentence of litwatch's own, which keeps its dates as the store does, with them written as its readers do."""

    def spell(found: re.Match[str]) -> str:
        try:
            return long_date(date.fromisoformat(found[1]), form=form)
        except ValueError:
            return found[1]

    return _STORED_DAY.sub(spell, text)


def long_time(moment: datetime) -> str:
    """A moment with its zone as it stands in the value: ``3 March 2026, 02:15 UTC``."""
    return f"{long_date(moment.date())}, {moment:%H:%M} {moment.tzname() or ''}".rstrip()
