"""Where litwatch learns from: PubMed by E-utilities or bulk files, feeds, Retraction Watch. A folder each."""
