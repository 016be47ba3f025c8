"""Scenarios played a second time, day by day and minute by minute, straight from the text of the rules (R1-R9).

Nothing here is shared with production, nothing is quick: where both agree on scenarios that nobody wrote by hand, the
rules are implemented and not the files.
"""
