"""Station stage: dialect by dialect into typed, tidy tables; what breaks its contract goes to quarantine."""
