"""The part that says what the words of the report mean, with one part of a score worked out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kgrec_core.report.findings import Findings
from kgrec_core.report.layout import paragraph, section
from kgrec_core.report.markup import Markup, tag
from kgrec_core.report.people import Person
from kgrec_core.report.product import Product
from kgrec_core.words import metric_name

__all__ = ["WORDS_TITLE", "part_words"]

WORDS_TITLE = "Words used in this report"
FORMULA = "score = starting value + sum of the parts;  part = gate × attention × kernel"

_MEASURING = {
    "Hidden choice": "A choice that was kept from the model, to see whether it would have been "
    "suggested. Also called held out; all of them together are the test part.",
    "Test user": "A user with at least one hidden choice.",
    "Validation part": "Further choices kept back from the first fit, to choose settings on. The "
    "test part is never used for that.",
    "95 % interval": "How far a figure could move by chance. In brackets, or as a line in a "
    "drawing.",
    "p": "How likely a difference at least this large is if there is none. Small values, below "
    "0.05, speak against chance. “Holm”: corrected for the number of comparisons.",
    "Gini": "How unevenly something is spread: 0 when all items get the same, near 1 when a few "
    "items get nearly everything.",
    "Fingerprint": "A short code computed from the content. Equal content has an equal code.",
    "Seed": "The number that random draws start from. The same seed draws the same again.",
}
_MODEL = {
    "Score": "The number that a list is ordered by. It is no probability.",
    "Starting value": "What an item has before anything is known about the user: how popular it "
    "is. Also called bias.",
    "Part": "What one piece of evidence adds to a score, or takes from it, in one view.",
    "Evidence": "One thing known about a user, such as a past choice; for a newcomer also a "
    "stated interest, a tag or a few words.",
    "Residual": "The difference between a score and the sum of its parts, from rounding.",
}
_PRODUCT = {
    "View": "Where a part comes from: the behavior of similar users, the knowledge graph, texts, "
    "friends, or user attributes.",
    "Gate": "How loud a view is for this user and this item. For an item that nobody has chosen "
    "yet, behavior has nothing to say, so graph and text are louder.",
    "Attention": "How much one piece of evidence counts among all that is known about the user. "
    "The shares of all evidence add up to 1.",
    "Kernel": "What a piece of evidence says about the item in one view: how strongly the two "
    "belong together.",
}
_GRAPH = {
    "Knowledge graph": "What is known about the items: things (entities) and the links between "
    "them, such as an item and its genre or its maker.",
    "Relation": "The kind of a link, such as “directed by”.",
    "Path": "A way through links from a known choice to the suggested item.",
    "Leakage": "A link or a number that tells the model part of the answer it is tested on.",
}


def part_words(findings: Findings, people: Sequence[Person], number: int) -> Markup:
    """The words in groups, those of the model with its formula where scores are such products."""
    product = _shown_product(people)
    is_product = product is not None
    return section(
        "words",
        number,
        WORDS_TITLE,
        tag("h3", "How scores are made"),
        paragraph(tag("strong", FORMULA)) if is_product else None,
        paragraph(_worked(*product)) if product is not None else None,
        _listed(_MODEL | (_PRODUCT if is_product else {})),
        [tag("h3", "The knowledge graph"), _listed(_GRAPH)] if findings.graph.n_triples else None,
        tag("h3", "How it was measured"),
        _listed({metric_name(findings.metric): _ndcg(findings)} | _MEASURING),
    )


def _ndcg(findings: Findings) -> str:
    return (
        f"How high the hidden choices stand in a list of {findings.k}: 1 is the ideal list, 0 a "
        "list without any. A hit counts more the higher it stands."
    )


def _listed(words: dict[str, str]) -> Markup:
    pairs = [
        tag("div", tag("dt", word), tag("dd", meaning), class_="pair")
        for word, meaning in words.items()
    ]
    return tag("dl", pairs, class_="words")


def _shown_product(people: Sequence[Person]) -> tuple[Person, str, Product] | None:
    """The largest part of the first drawn score that is such a product."""
    return next(_products(people), None)


def _products(people: Sequence[Person]) -> Iterator[tuple[Person, str, Product]]:
    for person in people:
        for item in person.items:
            if item.drawn is not None and item.drawn.product is not None:
                yield person, item.label, item.drawn.product


def _worked(person: Person, item: str, product: Product) -> str:
    name = person.label if person.user_id else "the newcomer"
    return (
        f"An example from this report: in the score of “{item}” for {name}, the part of "
        f"“{product.evidence}” in the view “{product.view}” is {product.words}. A bar of the "
        "knowledge graph adds up such products by what they share, such as one genre."
    )
