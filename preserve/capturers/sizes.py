"""Which sizes does the wording "717KB" allow?"""

from __future__ import annotations

import re
from decimal import Decimal

__all__ = ["find_size"]

# Site builders count in powers of ten under every name but the IEC's own (IEC 80000-13).
_UNITS = {
    "": {"b": 1, "byte": 1, "bytes": 1, "octet": 1, "octets": 1, "o": 1},
    "k": dict.fromkeys(("kb", "ko", "kbyte", "kbytes", "kilobyte", "kilobytes", "кб", "кбайт"), 10**3)
    | {"kib": 2**10},
    "m": dict.fromkeys(("mb", "mo", "mbyte", "mbytes", "megabyte", "megabytes", "мб", "мбайт"), 10**6)
    | {"mib": 2**20},
    "g": dict.fromkeys(
        (
            "gb",
            "go",
            "gbyte",
            "gbytes",
            "gigabyte",
            "gigabytes",
            "\u0433\u0431",
            "\u0433\u0431\u0430\u0439\u0442",
        ),
        10**9,
    )
    | {"gib": 2**30},
}
_FACTORS = {name: (prefix, factor) for prefix, names in _UNITS.items() for name, factor in names.items()}
# A lone "B" or "o" is too often something else than octets: it is asked for spelled out.
_NAMES = "|".join(sorted((name for name in _FACTORS if len(name) > 1), key=len, reverse=True))
_SIZE = re.compile(
    rf"(?<![\w.,])(\d{{1,3}}(?:[.,\u00a0\u202f' ]\d{{3}})+|\d{{1,12}})(?:([.,])(\d{{1,3}}))?"
    rf"[ \u00a0\u202f]?({_NAMES})(?!\w)",
    re.IGNORECASE,
)
_GROUPING = re.compile(r"[.,\u00a0\u202f' ]")


def find_size(text: str) -> tuple[int, int] | None:
    """
    Return least and most bytes of the first size in a text; None if it names none.

    A size is rounded to its last digit, so ``717KB`` allows 716 500 to 717 499 and ``1.2 MB`` 1 150 000
    to 1 249 999; ``KiB`` and the like count by 1024. A comma or point before exactly three digits
    separates thousands before bytes and kilobytes, and decimals before larger units: nobody writes
    thousands of megabytes.
    """
    found = _SIZE.search(text)
    if found is None:
        return None
    whole, _, decimals, unit = found.groups()
    prefix, factor = _FACTORS[unit.lower()]
    digits = _GROUPING.sub("", whole)
    pieces = _GROUPING.split(whole)
    if decimals is None and prefix in {"m", "g"} and len(pieces) == 2 and whole[-4] in ".,":  # noqa: PLR2004 - one separator
        digits, decimals = pieces
    elif decimals is not None and len(decimals) == 3 and prefix in {"", "k"} and len(digits) <= 3:  # noqa: PLR2004 - a group
        digits, decimals = digits + decimals, None
    places = len(decimals or "")
    value = Decimal(f"{digits}.{decimals}" if decimals else digits)
    half = Decimal(5).scaleb(-places - 1)
    if factor == 1:
        return int(value), int(value)
    least = (value - half) * factor
    most = (value + half) * factor
    return max(0, -int(-least // 1)), -int(-most // 1) - 1
