"""NLM's unique IDs of the MeSH headings, subheadings and publication types that the stand-in's invented records carry.

Not a thesaurus: a record that needs another heading adds it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from litwatch.model.record import EXPRESSION_OF_CONCERN, PUBLISHED_ERRATUM, RETRACTED_PUBLICATION, RETRACTION_NOTICE

TYPES: Final[Mapping[str, str]] = {
    "Journal Article": "D016428",
    "Randomized Controlled Trial": "D016449",
    "Systematic Review": "D000078182",
    "Meta-Analysis": "D017418",
    "Practice Guideline": "D017065",
    "Guideline": "D016431",
    "Review": "D016454",
    "Observational Study": "D064888",
    "Multicenter Study": "D016448",
    "Clinical Trial": "D016430",
    "Clinical Trial Protocol": "D000078325",
    "Case Reports": "D002363",
    "Letter": "D016422",
    "Editorial": "D016421",
    "Comment": "D016420",
    "Preprint": "D000076942",
    "Retracted Publication": RETRACTED_PUBLICATION,
    "Retraction Notice": RETRACTION_NOTICE,
    "Published Erratum": PUBLISHED_ERRATUM,
    "Expression of Concern": EXPRESSION_OF_CONCERN,
}
"""NLM's unique ID of each publication type that the stand-in's records use."""

MESH: Final[Mapping[str, str]] = {
    "Adipose Tissue": "D000273",
    "Adult": "D000328",
    "Aged": "D000368",
    "Aging": "D000375",
    "Animals": "D000818",
    "Anti-Bacterial Agents": "D000900",
    "Anti-HIV Agents": "D019380",
    "Antipsychotic Agents": "D014150",
    "Arabidopsis": "D017360",
    "Asthma": "D001249",
    "Atrial Fibrillation": "D001281",
    "Blood Glucose": "D001786",
    "Body Mass Index": "D015992",
    "Case-Control Studies": "D016022",
    "Circadian Rhythm": "D002940",
    "Cohort Studies": "D015331",
    "Cross-Over Studies": "D018592",
    "Cross-Sectional Studies": "D003430",
    "Cushing Syndrome": "D003480",
    "Diabetes Mellitus, Type 1": "D003922",
    "Diabetes Mellitus, Type 2": "D003924",
    "Diet": "D004032",
    "Dietary Fiber": "D004043",
    "Exercise": "D015444",
    "Female": "D005260",
    "Fetal Growth Retardation": "D005317",
    "Gastrointestinal Microbiome": "D000069196",
    "Genetic Predisposition to Disease": "D020022",
    "Genome-Wide Association Study": "D055106",
    "Glucocorticoids": "D005938",
    "Glucose Clamp Technique": "D015309",
    "Heart Failure": "D006333",
    "HIV Infections": "D015658",
    "Humans": "D006801",
    "Hypertension": "D006973",
    "Inflammation": "D007249",
    "Insulin": "D007328",
    "Insulin Resistance": "D007333",
    "Low Back Pain": "D017116",
    "Male": "D008297",
    "Metabolic Syndrome": "D024821",
    "Mice": "D051379",
    "Mice, Inbred C57BL": "D008810",
    "Middle Aged": "D008875",
    "Muscle, Skeletal": "D018482",
    "Non-alcoholic Fatty Liver Disease": "D065626",
    "Obesity": "D009765",
    "Obesity, Abdominal": "D056128",
    "Oxidative Stress": "D018384",
    "Plants": "D010944",
    "Polycystic Ovary Syndrome": "D011085",
    "Polymorphism, Single Nucleotide": "D020641",
    "Prednisone": "D011241",
    "Pregnancy": "D011247",
    "Prospective Studies": "D011446",
    "Rats": "D051381",
    "Risk Factors": "D012307",
    "Schizophrenia": "D012559",
    "Sedentary Behavior": "D057185",
    "Seeds": "D012639",
    "Sleep": "D012890",
    "Sleep Deprivation": "D012892",
    "Stroke": "D020521",
    "Treatment Outcome": "D016896",
    "Young Adult": "D055815",
}
"""NLM's unique ID of each MeSH heading in use."""

QUALIFIERS: Final[Mapping[str, str]] = {
    "adverse effects": "Q000009",
    "complications": "Q000150",
    "genetics": "Q000235",
    "metabolism": "Q000378",
}
"""NLM's unique ID of each MeSH subheading in use."""
