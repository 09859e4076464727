"""The form in which NLM's programs write a journal article, as patterns: what ``usual_form`` may read without a tree.

The patterns are laid out as the XML that they match, in the DTD's order: between two lines any blanks may stand. They
hold no choice that NLM does not use; a record that differs in anything does not match, and is read from a tree. Every
repetition is possessive (``*+``): what was matched is never tried again, so hostile text costs no more than its
length. ``usual_form`` first frees the text of control characters and of all in which a ``<`` would not begin a tag.
Source of the order: pubmed_250101.dtd.
"""

from __future__ import annotations

import re

_BLANKS = r"[ \n]*+"
_TEXT = "[^<]*+"
_ATTRIBUTE = r'[^"<&\n]*+'
# Inline markup, formulas included; whether its tags are paired is for a tree to find out.
_MIXED = rf"{_TEXT}(?:</?(?:i|b|u|sup|sub|mml:[^<>]++)>{_TEXT})*+"
_ORCID = "[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]|[0-9]{15}[0-9X]"


def _laid_out(form: str) -> str:
    return _BLANKS.join(line.strip() for line in form.splitlines())


def _up_to(name: str) -> str:
    """Whatever stands before an end tag, for whoever reads it to judge; going by ``/``, there is least to look at."""
    return f"(?:[^/]*+/(?!{name}>))*+[^/<]*+"


def _skipped(*names: str) -> str:
    """What stands in a list of which nothing is read: the names of its tags are all that is looked at."""
    return rf'{_TEXT}(?:</?(?:{"|".join(names)})(?: [A-Za-z]++="{_ATTRIBUTE}")*+/?>{_TEXT})*+'


_DATE = _laid_out("""

    <Year>([0-9]++)</Year>
    <Month>([0-9A-Za-z]++)</Month>
    <Day>([0-9]++)</Day>
    (?:<Hour>[0-9]++</Hour>)?+
    (?:<Minute>[0-9]++</Minute>)?+
    (?:<Second>[0-9]++</Second>)?+

""")
_IDENTIFIERS = f'(?:<Identifier Source="[A-Z]++">{_TEXT}</Identifier>{_BLANKS})*+'
_AUTHOR = _laid_out(f"""
    <Author ValidYN="([YN])"(?: EqualContrib="[YN]")?+>
    (?:<LastName>({_TEXT})</LastName>)?+
    (?:<ForeName>({_TEXT})</ForeName>)?+
    (?:<Initials>({_TEXT})</Initials>)?+
    (?:<Suffix>({_TEXT})</Suffix>)?+
    (?:<CollectiveName>({_TEXT})</CollectiveName>)?+
    (?:<Identifier Source="ORCID">(?:https?://orcid\\.org/)?+({_ORCID})</Identifier>)?+
    (?:<AffiliationInfo>
        <Affiliation>({_TEXT})</Affiliation>
        {_IDENTIFIERS}
    </AffiliationInfo>)?+
    ((?:<AffiliationInfo>
        <Affiliation>{_TEXT}</Affiliation>
        {_IDENTIFIERS}
    </AffiliationInfo>{_BLANKS})*+)
    </Author>
""")
_KIND = '(?: (?:Type|AutoHM)="[A-Za-z]++")?+'
_HEADING = _laid_out(f"""
    <MeshHeading>
        <DescriptorName UI="([A-Z0-9]++)" MajorTopicYN="([YN])"{_KIND}>({_TEXT})</DescriptorName>
        ((?:<QualifierName UI="[A-Z0-9]++" MajorTopicYN="[YN]"{_KIND}>{_TEXT}</QualifierName>{_BLANKS})*+)
""")
_QUALIFIER = f'UI="([A-Z0-9]++)" MajorTopicYN="([YN])"[^>]*+>({_TEXT})<'
_MOMENT = f'{_BLANKS}<PubMedPubDate PubStatus="([a-z-]++)">{_DATE}'
_NOTICE = _laid_out(f"""
    <CommentsCorrections RefType="([A-Za-z]++)">
        <RefSource>({_TEXT})</RefSource>
        (?:<PMID Version="[0-9]++">([0-9]++)</PMID>)?+
        (?:<Note>({_TEXT})</Note>)?+
    </CommentsCorrections>
""")
_PART = rf'<AbstractText(?: Label="([^"<\n]*+)")?+(?: NlmCategory="({_ATTRIBUTE})")?+(?:/>|>({_MIXED})</AbstractText>)'
_KEYWORD = f'<Keyword MajorTopicYN="[YN]"(?:/>|>({_MIXED})</Keyword>)'
_ARTICLE_ID = f'<ArticleId IdType="([a-z]++)">({_TEXT})</ArticleId>'
_LOCATION = f'<ELocationID EIdType="([a-z]++)" ValidYN="([YN])">({_TEXT})</ELocationID>'
_SUBSTANCE = f'<NameOfSubstance UI="[A-Z0-9]*+">({_TEXT})</NameOfSubstance>'
_SUPPLEMENTARY = f'<SupplMeshName Type="[A-Za-z]++" UI="[A-Z0-9]*+">({_TEXT})</SupplMeshName>'


def _uncaught(form: str) -> str:
    return re.sub(r"(?<!\\)\((?!\?)", "(?:", form)


def _all(item: str) -> str:
    """Any number of an item, which catches nothing here."""
    return f"(?:{_uncaught(item)}{_BLANKS})*+"


ARTICLE = re.compile(
    _laid_out(f"""
<PubmedArticle>
<MedlineCitation(?P<citation>[^<>]*+)>
    <PMID Version="(?P<version>[0-9]++)">(?P<pmid>[0-9]++)</PMID>
    (?:<DateCompleted>(?P<completed>{_uncaught(_DATE)})</DateCompleted>)?+
    (?:<DateRevised>(?P<revised>{_uncaught(_DATE)})</DateRevised>)?+
    <Article PubModel="(?P<model>[A-Za-z-]++)">
        <Journal>
            (?:<ISSN IssnType="[A-Za-z]++">(?P<issn>{_TEXT})</ISSN>)?+
            <JournalIssue CitedMedium="[A-Za-z]++">
                (?:<Volume>(?P<volume>{_TEXT})</Volume>)?+
                (?:<Issue>(?P<issue>{_TEXT})</Issue>)?+
                <PubDate>(?P<published>{_up_to("PubDate")})</PubDate>
            </JournalIssue>
            (?:<Title>(?P<journal>{_TEXT})</Title>)?+
            (?:<ISOAbbreviation>(?P<abbreviation>{_TEXT})</ISOAbbreviation>)?+
        </Journal>
        <ArticleTitle(?:/>|>(?P<title>{_MIXED})</ArticleTitle>)
        (?:<Pagination>
            (?:<StartPage>(?P<first_page>{_TEXT})</StartPage>)?+
            (?:<EndPage>(?P<last_page>{_TEXT})</EndPage>)?+
            (?:<MedlinePgn>(?P<pages>{_TEXT})</MedlinePgn>|<MedlinePgn/>)?+
        </Pagination>)?+
        (?P<locations>{_all(_LOCATION)})
        (?:<Abstract>
            (?P<abstract>{_all(_PART)})
            (?:<CopyrightInformation>(?P<copyright>{_TEXT})</CopyrightInformation>)?+
        </Abstract>)?+
        (?:<AuthorList CompleteYN="(?P<complete>[YN])"(?: Type="authors")?+>
            (?P<authors>{_up_to("AuthorList")})</AuthorList>)?+
        (?P<languages>(?:<Language>{_TEXT}</Language>{_BLANKS})*+)
        (?:<DataBankList CompleteYN="[YN]">(?P<banks>{_up_to("DataBankList")})</DataBankList>)?+
        (?:<GrantList CompleteYN="[YN]">{_skipped(*"Grant GrantID Acronym Agency Country".split())}</GrantList>)?+
        (?:<PublicationTypeList>(?P<types>{_up_to("PublicationTypeList")})</PublicationTypeList>)?+
        (?:<VernacularTitle>(?P<vernacular>{_MIXED})</VernacularTitle>)?+
        (?:<ArticleDate DateType="Electronic">(?P<electronic>{_uncaught(_DATE)})</ArticleDate>)?+
    </Article>
    <MedlineJournalInfo>(?P<medline>{_up_to("MedlineJournalInfo")})</MedlineJournalInfo>
    (?:<ChemicalList>
        (?P<chemicals>(?:<Chemical>
            <RegistryNumber>{_TEXT}</RegistryNumber>
            {_all(_SUBSTANCE)}
        </Chemical>{_BLANKS})*+)
    </ChemicalList>)?+
    (?:<SupplMeshList>
        (?P<supplementary>{_all(_SUPPLEMENTARY)})
    </SupplMeshList>)?+
    (?:<CitationSubset>{_TEXT}</CitationSubset>{_BLANKS})*+
    (?:<CommentsCorrectionsList>
        (?P<notices>{_all(_NOTICE)})
    </CommentsCorrectionsList>)?+
    (?:<GeneSymbolList>{_skipped("GeneSymbol")}</GeneSymbolList>)?+
    (?:<MeshHeadingList>
        (?P<mesh>{_up_to("MeshHeadingList")})</MeshHeadingList>)?+
    (?:<NumberOfReferences>{_TEXT}</NumberOfReferences>)?+
    (?:<PersonalNameSubjectList>
        {_skipped(*"PersonalNameSubject LastName ForeName Initials Suffix".split())}
    </PersonalNameSubjectList>)?+
    (?:<OtherID Source="{_ATTRIBUTE}">{_TEXT}</OtherID>{_BLANKS})*+
    (?P<other_abstracts>(?:<OtherAbstract Type="[A-Za-z-]++" Language="[a-z]++">
        {_all(_PART)}
        (?:<CopyrightInformation>{_TEXT}</CopyrightInformation>)?+
    </OtherAbstract>{_BLANKS})*+)
    (?P<keywords>(?:<KeywordList Owner="{_ATTRIBUTE}">
        {_all(_KEYWORD)}
    </KeywordList>{_BLANKS})*+)
    (?:<CoiStatement>{_MIXED}</CoiStatement>)?+
    (?:<SpaceFlightMission>{_TEXT}</SpaceFlightMission>{_BLANKS})*+
    (?:<InvestigatorList>
        {_skipped(*"Investigator LastName ForeName Initials Suffix Identifier AffiliationInfo Affiliation".split())}
    </InvestigatorList>)?+
    (?:<GeneralNote Owner="{_ATTRIBUTE}">{_MIXED}</GeneralNote>{_BLANKS})*+
</MedlineCitation>
<PubmedData>
    (?:<History>
        (?P<history>{_up_to("History")})</History>)?+
    <PublicationStatus>(?P<publication_status>{_TEXT})</PublicationStatus>
    <ArticleIdList>
        (?P<ids>{_all(_ARTICLE_ID)})
    </ArticleIdList>
    (?:<ReferenceList/>)?+
</PubmedData>
</PubmedArticle>
""")
)
"""A whole record, with ``<ReferenceList/>`` in the place of its reference lists; lists are caught as they stand."""

AUTHOR = re.compile(f"{_AUTHOR}{_BLANKS}|(.++)", re.DOTALL)
"""An author; or as the last group all that is left, where what follows is none."""
HEADING, QUALIFIER = map(re.compile, (_HEADING, _QUALIFIER))
NOTICE, PART, KEYWORD, MOMENT = map(re.compile, (_NOTICE, _PART, _KEYWORD, _MOMENT))
DATE = re.compile(_DATE)
ARTICLE_ID, LOCATION, SUBSTANCE, SUPPLEMENTARY = map(re.compile, (_ARTICLE_ID, _LOCATION, _SUBSTANCE, _SUPPLEMENTARY))
"""One item of a list that ``ARTICLE`` caught. Headings and moments do not include their end tag."""
