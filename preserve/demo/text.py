"""
What does the demo page say?

Everything here is invented: the town, the people, the newspaper and the blog. The article has the shape of
those this project is for: written by a reporter for a newspaper that is gone, and kept alive on the blog
of somebody else.
"""

from __future__ import annotations

import attrs

__all__ = [
    "AFTERWORD",
    "ARTICLE",
    "BELL",
    "BLOG",
    "BYLINE",
    "CHANGED",
    "DOCUMENT_NAME",
    "FIGURES",
    "HEADLINE",
    "NEWSPAPER",
    "OWNER",
    "POSTED",
    "PRINTED",
    "PRINTED_ISO",
    "RELATED",
    "SECTION",
    "STANDFIRST",
    "TIDES",
    "Boxed",
    "Heading",
    "Paragraph",
    "Photo",
    "Related",
]

BLOG = "Notes from Saltmarsh Lane"
OWNER = "Ottilie Brandreth"
"""Who keeps the blog: named as author by JSON-LD and Open Graph, and not the writer of the article."""
POSTED = "2021-11-02T09:30:00.000Z"
"""When the blog put the article up."""
CHANGED = "Tue, 02 Nov 2021 09:31:12 GMT"
"""When its server last wrote the file."""

SECTION = "Harbour"
"""The category in which the blog has put it."""

HEADLINE = "The Lamplighters of Pellwick Quay"
STANDFIRST = "A company of nine, forty-one lamps, and a ledger that tells what the night was like"
BYLINE = "Corwin Hallam"
"""Who wrote the article."""
NEWSPAPER = "The Pellwick Evening Mercury"
PRINTED = "Saturday, 14 March 1987"
PRINTED_ISO = "1987-03-14"
"""When the newspaper printed it."""

DOCUMENT_NAME = "From the Wick Book - nine pages of the Pellwick lamplighters, copied by Ansel Thwaite.pdf"


@attrs.frozen
class Paragraph:
    """A paragraph of the article."""

    text: str


@attrs.frozen
class Heading:
    """A heading within the article."""

    text: str


@attrs.frozen
class Photo:
    """A picture within the article; ``name`` is a scene."""

    name: str
    alt: str
    caption: str
    credit: str


@attrs.frozen
class Boxed:
    """A list in a box."""

    heading: str
    items: tuple[str, ...]


@attrs.frozen
class Related:
    """Another post of the blog; ``name`` is a scene."""

    path: str
    title: str
    name: str


FIGURES: dict[str, Photo] = {
    photo.name: photo
    for photo in (
        Photo(
            "quay",
            "A lamplighter with a pole on a stone quay at dusk, four lamps burning",
            "The quay at lighting time, from a painted glass slide of about 1900.",
            "Slide: Pellwick Harbour Trust",
        ),
        Photo(
            "ladder",
            "Somebody on a ladder reaches up to a lamp on a brick wall",
            "Lamp 17, on the wall of the old Customs House in Rope Street.",
            "Photo: D. Farrant, The Pellwick Evening Mercury",
        ),
        Photo(
            "map",
            "A plan of Pellwick with a row of red dots along the river",
            "Every lamp on the river bank, as the parish surveyor drew them in 1846.",
            "Plan: Parish of Pellwick",
        ),
        Photo(
            "portrait",
            "A young woman in a flat cap with a pole over her shoulder",
            "Edda Marrow in the year before the last round.",
            "Photo: courtesy of the Marrow family",
        ),
        Photo(
            "hall",
            "A street lamp on a plinth between two framed pictures",
            "Lamp forty-one waits at the head of the stairs.",
            "Photo: D. Farrant, The Pellwick Evening Mercury",
        ),
    )
}

ARTICLE: tuple[Paragraph | Heading | Photo | Boxed, ...] = (
    FIGURES["quay"],
    Paragraph(
        "PELLWICK — On winter evenings the older people of this town still look up at half past four, as if "
        "someone were late. For one hundred and seven years someone was due at that hour: a lamplighter, "
        "with a ladder on one shoulder and a brass pole on the other, walking out along the quay to light "
        "the forty-one lamps that kept the herring boats off the Sunken Mile."
    ),
    Paragraph(
        "The last of them, Edda Marrow, hung up her pole on 30 September 1953, when the electricity came "
        "down Rope Street. This spring the Harbour Trust opens her work book to the public for the first "
        "time, and with it the story of a company that never had more than nine members and never, by its "
        "own account, missed a night."
    ),
    Heading("A ladder, a pole and a pocketful of wicks"),
    Paragraph(
        "The Company of Lamplighters was founded in January 1846, three weeks after the schooner Patient "
        "Margaret ran on to the bank in fog with a cargo of roof slates. Nobody was drowned, but the slates "
        "can still be counted at low water, and the town drew the lesson. The parish bought forty-one oil "
        "lamps from a foundry at Thornby and advertised for “sober persons, not afraid of height or "
        "weather”."
    ),
    FIGURES["ladder"],
    Paragraph(
        "Nine answered. Their wage was four shillings a week and the drippings of the oil, which they sold. "
        "Each lamp took a measured gill, a trimmed wick and, in frost, a spoonful of spirits to wake it. A "
        "round took fifty minutes out and forty back, and was walked twice: at dusk to light, at dawn to "
        "put out."
    ),
    Boxed(
        "The quay in figures",
        (
            "41 lamps between the Customs Stair and Gannet Point",
            "9 members of the company at its largest, in 1846",
            "2 rounds a night, of 6.4 kilometres each",
            "More than 78,000 rounds entered in the Wick Book",
            "0 nights left dark, by the company's own account",
        ),
    ),
    Heading("The Wick Book"),
    Paragraph(
        "What is known of them is known from the Wick Book, a ledger in which the member on duty wrote down "
        "the weather, the oil drawn and anything odd. Much of it is odd. On 3 February 1871 lamp 17 was "
        "“lit by a stranger, civilly”. In the great frost of 1895 the lamps burned all day because nobody "
        "could climb up to them. A whole page of 1912 is given to a seal on the Customs Stair that “would "
        "not be passed”."
    ),
    FIGURES["map"],
    Paragraph(
        "“People expect a list of lamps,” says Ansel Thwaite, who keeps the Trust's papers in two rooms "
        "above the old sail loft. “It is the diary of a town, written one line at a time by somebody who "
        "was cold.” He has spent eleven winters copying it out. The nine pages he thinks best are printed "
        "as a booklet, for the price of a loaf."
    ),
    Heading("The last round"),
    Paragraph(
        "Edda Marrow joined in 1931, at nineteen, the third of her family and the only woman ever on the "
        "roll. In the war, when no lamp could be lit, she walked the round all the same, to see that each "
        "one was dark. The Wick Book has two thousand and sixty-one entries in her hand that say only “out, "
        "and seen to be out”."
    ),
    FIGURES["portrait"],
    Paragraph(
        "She is seventy-five now and does not care for speeches. Asked last week on the quay what she "
        "remembered of the final evening, she thought for a while. “Lamp forty-one,” she said. “It never "
        "drew well. I lit it, and I turned to go, and it went out behind me, and I let it. I have been "
        "sorry since.” So the company did leave one lamp dark, once, and nobody else is left who could have "
        "told us."
    ),
    FIGURES["hall"],
    Paragraph(
        "When the exhibition opens on Saturday week, lamp forty-one will stand at the head of the stairs. "
        "It has a new wick. The Trust would like it to be lit by somebody who is sober, and not afraid of "
        "height or weather."
    ),
)

AFTERWORD = (
    "The Mercury closed in 1994 and its bound volumes went to the tip. I kept this cutting because my "
    "grandmother is in it. Mr Thwaite's booklet has been out of print for thirty years; his daughter lent "
    "me hers, and here it is, all nine pages."
)

BELL = "The harbour bell, as it rang the company out: one stroke for each lamp that was lit."

RELATED = (
    Related("/post/the-seal-on-the-customs-stair", "The seal on the Customs Stair", "quay"),
    Related("/post/what-the-eel-men-said", "What the eel men said", "banner"),
)
"""Posts that the page offers below the article."""

TIDES = (("High water", "04:12", "16:38"), ("Low water", "10:21", "22:50"))
"""What the framed table of tides says."""
