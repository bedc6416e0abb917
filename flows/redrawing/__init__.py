"""Whether today's Zuschnitt still holds, and what a better cut would cost: reviews and proposals, never a decision."""
