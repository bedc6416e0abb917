"""The commands of `fortschreibung`, one module for each family; what only one of them needs it imports when it runs."""
