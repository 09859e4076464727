"""The links from PubMed to NCBI's databases, as EInfo has listed them since November 2025.

ELink still answers some that this list leaves out (``pubmed_pubmed_citedin`` and its like were followed in 2025).
"""

from __future__ import annotations

from typing import Final

_ROWS: Final = """
pubmed_assembly assembly Assembly
    Assembly
pubmed_bioproject bioproject Project Links
    Related Projects
pubmed_biosample biosample BioSample Links
    BioSample links
pubmed_biosystems biosystems BioSystem Links
    BioSystems
pubmed_books_refs books Cited in Books
    PubMed links associated with Books
pubmed_cdd cdd Conserved Domain Links
    Link to related CDD entry
pubmed_clinvar clinvar ClinVar
    Clinical variations associated with publication
pubmed_clinvar_calculated clinvar ClinVar (calculated)
    Clinical variations calculated to be associated with publication
pubmed_dbvar dbvar dbVar
    Link from PubMed to dbVar
pubmed_gap gap dbGaP Links
    Related dbGaP record
pubmed_gds gds GEO DataSet Links
    Related GEO DataSets
pubmed_gene gene Gene Links
    Link to related Genes
pubmed_gene_bookrecords gene Gene (from Bookshelf)
    Gene records in this citation
pubmed_gene_citedinomim gene Gene (OMIM) Links
    PubMed links to Gene derived from pubmed_omim_cited links
pubmed_gene_pmc_nucleotide gene Gene (nucleotide/PMC)
    Records in Gene identified from shared sequence and PMC links.
pubmed_gene_rif gene Gene (GeneRIF) Links
    Link to Gene for the GeneRIF subcategory
pubmed_genome genome Genome Links
    Published genome sequences
pubmed_geoprofiles geoprofiles GEO Profile Links
    GEO records associated with pubmed record
pubmed_homologene homologene HomoloGene Links
    Related HomoloGene
pubmed_medgen medgen MedGen
    Related information in MedGen
pubmed_medgen_bookshelf_cited medgen MedGen (Bookshelf cited)
    Related records in MedGen based on citations in GeneReviews and Medical Genetics Summaries
pubmed_medgen_genereviews medgen MedGen (GeneReviews)
    Related MedGen records
pubmed_medgen_omim medgen MedGen (OMIM)
    Related information in MedGen (OMIM)
pubmed_nuccore nuccore Nucleotide Links
    Published Nucleotide sequences
pubmed_nuccore_refseq nuccore Nucleotide (RefSeq) Links
    Link to Nucleotide RefSeqs
pubmed_nuccore_weighted nuccore Nucleotide (Weighted) Links
    Links to nuccore
pubmed_omim_bookrecords omim OMIM (from Bookshelf)
    OMIM records in this citation
pubmed_omim_calculated omim OMIM (calculated) Links
    OMIM (calculated) Links
pubmed_omim_cited omim OMIM (cited) Links
    OMIM (cited) Links
pubmed_pcassay pcassay PubChem BioAssay
    Related PubChem BioAssay
pubmed_pccompound pccompound PubChem Compound
    Related PubChem Compound
pubmed_pccompound_mesh pccompound PubChem Compound (MeSH Keyword)
    Related PubChem Compound via MeSH
pubmed_pccompound_publisher pccompound PubChem Compound (Publisher)
    Publisher deposited structures linked to PubChem Compound
pubmed_pcsubstance pcsubstance PubChem Substance Links
    Related PubChem Substance
pubmed_pcsubstance_bookrecords pcsubstance PubChem Substance (from Bookshelf)
    Structures in the PubChem Substance database in this citation
pubmed_pcsubstance_publisher pcsubstance PubChem Substance (Publisher)
    PubChem Substances supplied by publisher
pubmed_pmc pmc PMC Links
    Free full text articles in PMC
pubmed_pmc_bookrecords pmc References in PMC for this Bookshelf citation
    Full text of articles in PubMed Central cited in this record
pubmed_pmc_embargo pmc
    Embargoed PMC article associated with PubMed
pubmed_pmc_local pmc
    Free full text articles in PMC
pubmed_pmc_refs pmc Cited in PMC
    PubMed links associated with PMC
pubmed_popset popset PopSet Links
    Published population set
pubmed_probe probe Probe Links
    Related Probe entry
pubmed_protein protein Protein Links
    Published protein sequences
pubmed_protein_refseq protein Protein (RefSeq) Links
    Link to Protein RefSeqs
pubmed_protein_weighted protein Protein (Weighted) Links
    Links to protein
pubmed_proteinclusters proteinclusters Protein Cluster Links
    Related Protein Clusters
pubmed_protfam protfam Protein Family Models
    Protein family models supported by a particular publication
pubmed_pubmed pubmed Similar articles
    Similar PubMed articles, obtained by matching text and MeSH terms
pubmed_pubmed_alsoviewed pubmed Articles frequently viewed together
    Articles frequently viewed together
pubmed_pubmed_bookrecords pubmed References for this Bookshelf citation
    PubMed abstracts for articles cited in this record
pubmed_pubmed_refs pubmed References for PMC Articles
    References for this PMC Article
pubmed_snp snp SNP Links
    PubMed to SNP links
pubmed_snp_cited snp SNP (Cited)
    Related SNP (Cited) records
pubmed_sra sra SRA Links
    Links to Short Read Archive Experiments
pubmed_structure structure Structure Links
    Published 3D structures
pubmed_taxonomy_entrez taxonomy Taxonomy via GenBank
    Related Taxonomy entry computed using other Entrez links
"""
"""A link's name, database and menu entry, and in the next line what it leads to."""

PUBMED_LINKS: Final = tuple(
    (*(*head.split(" ", 2), "")[:3], said.strip())
    for head, said in zip(*(iter(_ROWS.strip("\n").split("\n")),) * 2, strict=True)
)
"""(name, database, menu entry, description) of each link, in NCBI's order."""
