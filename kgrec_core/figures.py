"""Numbers as people read them: counts, shares, durations, measured values and their changes."""

from __future__ import annotations

import contextlib
import math
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = [
    "change_range",
    "change_words",
    "day_words",
    "fixed",
    "format_bytes",
    "format_count",
    "format_score",
    "format_seconds",
    "format_share",
    "format_signed",
    "format_weight",
    "format_when",
    "p_words",
    "percent",
    "signed",
]


def format_count(n: float) -> str:
    """A whole number with thousands commas: 31,204."""
    return f"{round(n):,}"


def format_score(score: float) -> str:
    """A score with three digits that matter: 0.123, 12.3, 0.00123."""
    if not math.isfinite(score):
        return "–"
    if score == 0:
        return "0"
    digits = 2 - math.floor(math.log10(abs(score)))
    return f"{score:.{min(max(digits, 0), 6)}f}".replace("-", "−")


def format_weight(weight: float) -> str:
    """A weight of the data, such as a rating or a number of plays: 3.5, 12, 352,698."""
    if not math.isfinite(weight):
        return "–"
    return f"{round(weight):,}" if abs(weight) >= 100 else f"{weight:.3g}"


def format_signed(value: float) -> str:
    """A contribution with its sign: +0.123 or −0.045."""
    return ("+" if value > 0 else "") + format_score(value)


def format_share(share: float) -> str:
    """A fraction as percent: 12 %, 3.4 %, "under 0.1 %"."""
    percent = share * 100
    if 0 < percent < 0.1:
        return "under 0.1 %"
    if 99.9 < percent < 100:
        return "over 99.9 %"
    return f"{percent:.0f} %" if percent >= 10 or percent == 0 else f"{percent:.1f} %"


def format_seconds(seconds: float) -> str:
    """A duration in the unit people would say it in: 0.4 s, 3 s, 12 s, 3 min 20 s, 2 h 5 min."""
    if seconds < 10 and seconds != round(seconds):
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, rest = divmod(round(seconds / 60), 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def format_bytes(n_bytes: float) -> str:
    """A size in decimal units: 840 kB, 1.2 GB."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n_bytes >= size:
            value = n_bytes / size
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    return f"{n_bytes:.0f} bytes"


def format_when(seconds: float, timezone: str | None = None) -> str:
    """Seconds since 1970 as date and minute where the reader is: 3 Jan 2026, 14:05."""
    zone: tzinfo = UTC
    if timezone:
        with contextlib.suppress(ZoneInfoNotFoundError, ValueError):
            zone = ZoneInfo(timezone)
    local = datetime.fromtimestamp(seconds, zone)
    return f"{local.day} {local:%b %Y, %H:%M}"


def day_words(seconds: float) -> str:
    """The day of a time since 1970, in UTC: 3 January 2026."""
    day = datetime.fromtimestamp(seconds, UTC)
    return f"{day.day} {day:%B %Y}"


def fixed(value: float) -> str:
    """Three decimals: what the usual numbers of test users can tell apart."""
    return f"{value:.3f}".replace("-", "−")


def signed(value: float) -> str:
    """Three decimals with a sign."""
    text = fixed(value)
    return text if value < 0 or float(text) == 0 else f"+{text}"


def percent(share: float) -> str:
    """A size of change without its sign: 0.4 %, 2.1 %, 34 %."""
    number = _number(share)
    return "under 0.1 %" if number == "0.0" and share else f"{number} %"


def change_range(low: float, high: float) -> str:
    """Ends of an interval of a relative change: "1.0 to 3.2 % worse"."""
    near, far = sorted((abs(low), abs(high)))
    if high <= 0 or low >= 0:
        return f"{_number(near)} to {percent(far)} {'worse' if high <= 0 else 'better'}"
    return f"{percent(low)} worse to {percent(high)} better"


def change_words(change: float, low: float, high: float, *, is_clear: bool) -> str:
    """A relative change with its interval: "2.1 % worse (1.0 to 3.2 %)", or that none is clear."""
    if not is_clear:
        return f"no clear difference ({change_range(low, high)})"
    word = "worse" if change < 0 else "better"
    span = change_range(low, high).removesuffix(f" {word}")
    return f"{percent(change)} {word} ({span})"


def p_words(p_value: float) -> str:
    """A p-value as people write it: "p < 0.001", "p = 0.012"."""
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"


def _number(share: float) -> str:
    size = round(abs(share) * 100, 1)
    return f"{size:.0f}" if size >= 10 else f"{size:.1f}"
