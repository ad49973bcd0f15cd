"""Numbers of measurements in words: fixed decimals, relative changes, p-values."""

from __future__ import annotations

__all__ = ["change_range", "change_words", "fixed", "p_words", "percent", "signed"]


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
