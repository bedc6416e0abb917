"""The station *check*: is what was delivered and computed fit to be published?"""
