"""Makes the first profile of a city from its files: what is looked at, guessed, asked and written down, once.

A refresh never comes here. What is guessed stands in the profile as text that a person can read and correct.
"""
