"""Types of Sozialräume by settlement and housing: fitted once, kept as data, later years assigned to them."""
