"""The atlas of a release: maps, rankings and a profile of each unit, made from the released tables alone."""
