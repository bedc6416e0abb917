"""What a person meets: the command line, what it prints, and what it finds out about an installation."""
