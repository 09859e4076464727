"""The printed reference list: where it stands, how its entries are parted and numbered, and what each of them says."""
