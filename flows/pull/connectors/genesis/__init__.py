"""Tables of GENESIS web services: Destatis, Regionalstatistik, Zensus, Landesdatenbank NRW."""
