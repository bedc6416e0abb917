"""What is known of a city before any data comes: its profile, its sources and the codebook, as typed models."""
