"""Station protect: disclosure control before anything leaves; columns are private until they are listed here."""
