"""A table of two base units, as the tests of delivered files vary it."""

TABLE = "BBS;EW\n01100001;12\n01100002;7\n"
RESIDENTS = {"01100001": 12, "01100002": 7}
FILE = "einwohner_2022.csv"
