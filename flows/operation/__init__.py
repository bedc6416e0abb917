"""What an office's Prefect server is given beside the two flows: watching deliveries, rehearsals, notifications."""
