"""The sources: PubMed (E-utilities and bulk files), feeds, Retraction Watch. A folder each."""
