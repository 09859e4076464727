# EDirect as its manual uses it. $QUERY, $COUNT and so on are what the stand-in holds; see tests/clients/__main__.py.
say() { printf '%s\t%s\n' "$1" "$2"; }
check() { # verb, what came, what should come
  if [ "$2" = "$3" ]; then say "$1" ok; else say "$1" "expected <$3>, got <$(printf '%s' "$2" | head -c 200 | tr '\n' ' ')>"; fi
}
holds() { # verb, what came, what it should hold
  case "$2" in *"$3"*) say "$1" ok ;; *) say "$1" "no <$3> in <$(printf '%s' "$2" | head -c 200 | tr '\n' ' ')>" ;; esac
}
count() { xtract -pattern ENTREZ_DIRECT -element Count; }

check search "$(esearch -db pubmed -query "$QUERY" | count)" "$COUNT"
check history "$(esearch -db pubmed -query "$QUERY" | efetch -format uid | wc -l)" "$COUNT"
check "summary" "$(esummary -db pubmed -id "$PMID" | xtract -pattern DocumentSummary -element Id)" "$PMID"
check "fetch XML" "$(esearch -db pubmed -query "$QUERY" | efetch -format xml | xtract -pattern PubmedArticle -element MedlineCitation/PMID | wc -l)" "$COUNT"
holds "fetch MEDLINE" "$(efetch -db pubmed -id "$PMID" -format medline)" "PMID- $PMID"
holds "fetch abstract" "$(efetch -db pubmed -id "$PMID" -format abstract)" "$DOI"
check post "$(epost -db pubmed -id "$PMID,$SECOND" | count)" 2
holds "link related" "$(elink -db pubmed -id "$PMID" -related | efetch -format uid)" "$PMID"
holds "link score" "$(elink -db pubmed -id "$PMID" -related -cmd score)" "<Score>"
holds "link history" "$(elink -db pubmed -id "$PMID" -related -cmd history | efetch -format uid)" "$PMID"
holds "link to PMC" "$(elink -db pubmed -id "$IN_PMC" -target pmc | efetch -format uid 2>/dev/null)" "${PMCID#PMC}"
holds "link checks" "$(elink -db pubmed -id "$PMID" -cmd acheck)" "LinkName"
holds "link-outs" "$(elink -db pubmed -id "$PMID" -cmd llinks)" "IdUrl"
holds info "$(einfo -db pubmed -fields)" "TIAB"
check spelling "$(esearch -db pubmed -query "$MISSPELT" -spell | count)" "$WORDS_COUNT"
