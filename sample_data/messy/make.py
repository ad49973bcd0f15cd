"""Write a small upload with the mistakes analysts really make, one folder of broken files.

    python sample_data/messy/make.py [--out FOLDER] [--no-big-cell]

All files are small except big_cell.csv, whose one cell has about 10 MB; that file is not kept in
the repository. README.md lists every fault with its line and what a good reader should say.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
SEED = 7
BIG_CELL_CHARACTERS = 10_000_000

PRODUCTS = (
    ("p01", "Café table", "A small round table for two.", "1,234.5"),
    ("p02", "Señor lamp", "A lamp with a straw hat for a shade.", "89.90"),
    ("p03", "Überchair", "A chair that is too large for most rooms.", "2,450.0"),
    ("p04", "Plain shelf", "Four boards and a lot of patience.", "45.00"),
    ("p05", "Crème rug", "A soft rug that shows every stain.", "310.25"),
    ("p06", "Tall mirror", "A mirror that leans on the wall.", "120.00"),
    ("p07", "Garden bench", "A bench that has seen some rain.", "1,005.0"),
    ("p08", "Night stand", "Room for one book and one glass.", "64.50"),
)


def _lines(*rows: str) -> str:
    return "".join(f"{row}\n" for row in rows)


def ratings(rng: random.Random, n_rows: int) -> list[tuple[str, str, int]]:
    """Random (customer, product, stars) rows without a repeated pair."""
    pairs = [(f"c{c:02d}", product[0]) for c in range(1, 11) for product in PRODUCTS]
    return [(c, p, rng.randint(1, 5)) for c, p in rng.sample(pairs, n_rows)]


def semicolons(rng: random.Random) -> bytes:
    """A .csv whose separator is a semicolon and whose decimal sign is a comma."""
    rows = [f"{c};{p};{stars},5;2023-04-{10 + i:02d}" for i, (c, p, stars) in _numbered(rng, 12)]
    return _lines("customer;product;stars;date", *rows).encode()


def tabs(rng: random.Random) -> bytes:
    """A .csv whose separator is a tab."""
    rows = [f"{c}\t{p}\t{stars}" for _, (c, p, stars) in _numbered(rng, 12)]
    return _lines("customer\tproduct\tstars", *rows).encode()


def _numbered(rng: random.Random, n: int) -> list[tuple[int, tuple[str, str, int]]]:
    return list(enumerate(ratings(rng, n)))


def latin1(_: random.Random) -> bytes:
    """Products in latin-1: accented letters are single bytes that are not UTF-8."""
    rows = [f"{key},{name},{text}" for key, name, text, _price in PRODUCTS]
    return _lines("product,name,text", *rows).encode("latin-1")


def cp1252(_: random.Random) -> bytes:
    """Products in cp1252: curly quotes, a dash and the euro sign, as Windows Excel saves them."""
    rows = [
        "p01,“Bistro” table,Two seats – no more,€ 199",
        "p02,Lamp,It’s bright,€ 89",
        "p03,Œuvre chair,Signed by its maker…,€ 450",
    ]
    return _lines("product,name,text,price", *rows).encode("cp1252")


def bom(rng: random.Random) -> bytes:
    """UTF-8 with a byte order mark, which must not become part of the first column name."""
    rows = [f"{c},{p},{stars}" for _, (c, p, stars) in _numbered(rng, 12)]
    return _lines("customer,product,stars", *rows).encode("utf-8-sig")


def duplicate_ids(_: random.Random) -> bytes:
    """The same product id twice with another name, once exactly repeated, once with spaces."""
    rows = [f"{key},{name}" for key, name, _text, _price in PRODUCTS[:5]]
    rows += ["p02,Sombrero lamp", "p03,Überchair", " p04 ,Plain shelf", "P05,Cream rug"]
    return _lines("product,name", *rows).encode()


def no_item_column(rng: random.Random) -> bytes:
    """Interactions that name the customer and the stars but not the product."""
    rows = [f"{c},{stars},2023-05-{10 + i}" for i, (c, _p, stars) in _numbered(rng, 8)]
    return _lines("customer,stars,date", *rows).encode()


def mixed_dates(rng: random.Random) -> bytes:
    """One date column in six notations, two of them impossible."""
    dates = (
        "2023-03-04",
        "2023-03-04T18:30:00",
        "04.03.2023",
        "1677954600",
        "03/28/2023",
        "03/04/2023",
        "yesterday",
        "2023-02-30",
        "",
        "0",
    )
    rows = [f"{c},{p},{s},{dates[i]}" for i, (c, p, s) in _numbered(rng, len(dates))]
    return _lines("customer,product,stars,date", *rows).encode()


def thousands(_: random.Random) -> bytes:
    """Prices with thousands separators in the English and in the continental way, and words."""
    rows = [f'{key},"{price}"' for key, _name, _text, price in PRODUCTS[:4]]
    rows += ['p05,"1.234,5"', 'p06,"120,00"', "p07,1 005.0", "p08,cheap"]
    return _lines("product,price", *rows).encode()


def orphans(rng: random.Random) -> bytes:
    """Interactions whose product ids are partly not in the product table, or empty."""
    rows = [f"{c},{p},{stars}" for _, (c, p, stars) in _numbered(rng, 6)]
    rows += ["c01,p99,4", "c02,p1,3", "c03,P02,5", ",p03,2", "c04,,1"]
    return _lines("customer,product,stars", *rows).encode()


def blank_lines(rng: random.Random) -> bytes:
    """Blank lines before, between and after the rows, one of spaces, one of separators only."""
    rows = [f"{c},{p},{stars}" for _, (c, p, stars) in _numbered(rng, 6)]
    table = [
        "",
        "customer,product,stars",
        *rows[:2],
        "",
        *rows[2:4],
        "   ",
        *rows[4:],
        ",,",
        "",
        "",
    ]
    return _lines(*table).encode()


def ragged(rng: random.Random) -> bytes:
    """Rows with too few and too many cells, and one with a comma that should have been quoted."""
    rows = [f"{c},{p},{stars},fine" for _, (c, p, stars) in _numbered(rng, 6)]
    rows[1] = "c02,p03"
    rows[3] += ",extra,cells"
    rows[4] = "c05,p06,4,good, but wobbly"
    return _lines("customer,product,stars,remark", *rows).encode()


def unclosed_quote(rng: random.Random) -> bytes:
    """A quote that opens in line 4 and never closes, so that a naive reader eats the rest."""
    rows = [f'{c},{p},{stars},"fine"' for _, (c, p, stars) in _numbered(rng, 8)]
    rows[2] = 'c03,p04,4,"a bit low'
    return _lines("customer,product,stars,remark", *rows).encode()


def empty(_: random.Random) -> bytes:
    """No bytes at all."""
    return b""


def header_only(_: random.Random) -> bytes:
    """A header and no row."""
    return b"customer,product,stars\n"


def big_cell(_: random.Random) -> bytes:
    """One text cell of about 10 MB in line 3; not kept in the repository."""
    text = "all work and no play " * (BIG_CELL_CHARACTERS // 21)
    return _lines("product,text", "p01,A small round table.", f'p02,"{text}"', "p03,Ok.").encode()


SMALL_FILES: dict[str, Callable[[random.Random], bytes]] = {
    "semicolons.csv": semicolons,
    "tabs.csv": tabs,
    "latin1.csv": latin1,
    "cp1252.csv": cp1252,
    "bom.csv": bom,
    "duplicate_ids.csv": duplicate_ids,
    "no_item_column.csv": no_item_column,
    "mixed_dates.csv": mixed_dates,
    "thousands.csv": thousands,
    "orphans.csv": orphans,
    "blank_lines.csv": blank_lines,
    "ragged.csv": ragged,
    "unclosed_quote.csv": unclosed_quote,
    "empty.csv": empty,
    "header_only.csv": header_only,
}


def make(out: Path, with_big_cell: bool = True) -> None:
    """Write the files into `out`, which is created when it is missing."""
    out.mkdir(parents=True, exist_ok=True)
    files = SMALL_FILES | ({"big_cell.csv": big_cell} if with_big_cell else {})
    for name, build in files.items():
        # A generator per file: adding a file leaves the others as they are.
        (out / name).write_bytes(build(random.Random(f"{SEED}-{name}")))


def main() -> None:
    """Command line: `--out` is the folder to write to, by default the one of this script."""
    parser = argparse.ArgumentParser(description="Write the messy sample files.")
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--no-big-cell", action="store_true", help="leave out the 10 MB file")
    arguments = parser.parse_args()
    make(arguments.out, with_big_cell=not arguments.no_big_cell)


if __name__ == "__main__":
    main()
