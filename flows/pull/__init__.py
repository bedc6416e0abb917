"""Station pull: connectors bring bytes into the landing zone; a gate looks before anything is parsed."""
