"""The causes of insulin resistance that the demonstration's invented studies are about: words and headings per cause.

Every study, number and author made from these words is invented; the sentences are the project's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Measure:
    """A continuous outcome: its name, unit and the size that a difference may have."""

    name: str
    unit: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Subject:
    """What a group of invented studies is about. The tuples are alternatives to draw from."""

    name: str
    """A noun phrase that fits "… and insulin resistance"."""
    focus: str
    """What the exposure is studied against: ``insulin resistance``, ``stroke``."""
    exposures: tuple[str, ...]
    populations: tuple[str, ...]
    interventions: tuple[str, ...]
    comparators: tuple[str, ...]
    background: tuple[str, ...]
    """Whole sentences."""
    mechanisms: tuple[str, ...]
    """Whole sentences."""
    mesh: tuple[str, ...]
    keywords: tuple[str, ...]
    measures: tuple[Measure, ...]
    events: tuple[str, ...]
    substances: tuple[str, ...] = ()
    benefit: str = "improved"
    """What the interventions do to the focus."""
    animals_only: bool = False
    weight: int = 3


INSULIN_MEASURES: Final = (
    Measure("HOMA-IR", "units", 0.2, 1.3),
    Measure("the clamp-derived M value", "mg/kg/min", 0.5, 2.4),
    Measure("fasting insulin", "pmol/L", 6, 34),
    Measure("the Matsuda index", "units", 0.4, 1.9),
    Measure("HbA<sub>1c</sub>", "mmol/mol", 0.8, 3.9),
)
INSULIN_EVENTS: Final = ("insulin resistance", "incident type 2 diabetes", "the metabolic syndrome")


def _cause(  # noqa: PLR0917 - a row of a table
    name: str,
    exposures: tuple[str, ...],
    populations: tuple[str, ...],
    interventions: tuple[str, ...],
    background: tuple[str, ...],
    mechanisms: tuple[str, ...],
    mesh: tuple[str, ...],
    keywords: tuple[str, ...],
    *,
    comparators: tuple[str, ...] = ("usual care", "a waiting list", "general advice"),
    substances: tuple[str, ...] = (),
    weight: int = 3,
) -> Subject:
    return Subject(
        name,
        "insulin resistance",
        exposures,
        populations,
        interventions,
        comparators,
        background,
        mechanisms,
        ("Insulin Resistance/genetics" if name.startswith("genetic") else "Insulin Resistance", *mesh, "Humans"),
        ("insulin resistance", *keywords),
        INSULIN_MEASURES,
        INSULIN_EVENTS,
        substances,
        weight=weight,
    )


CAUSES: Final[tuple[Subject, ...]] = (
    _cause(
        "abdominal obesity",
        ("waist circumference", "visceral fat area", "a high waist-to-hip ratio", "weight gain in adult life"),
        ("adults without diabetes", "middle-aged women", "adults with obesity", "office workers"),
        ("a 12-week low-energy diet", "sleeve gastrectomy", "a group weight-loss programme"),
        (
            "Fat stored inside the abdomen is more closely tied to insulin resistance than body weight is.",
            "Obesity is a leading cause of insulin resistance, but the share due to abdominal fat is debated.",
        ),
        (
            "Enlarged visceral fat cells release non-esterified fatty acids and cytokines into the portal vein.",
            "Hypoxia of adipose tissue and endoplasmic reticulum stress activate serine kinases that block insulin "
            "receptor substrate-1.",
        ),
        ("Obesity, Abdominal/complications", "Obesity", "Body Mass Index", "Adipose Tissue/metabolism"),
        ("obesity", "visceral fat", "adipose tissue"),
        weight=5,
    ),
    _cause(
        "short or disturbed sleep",
        ("sleeping less than six hours", "obstructive sleep apnoea", "rotating night shifts", "social jet lag"),
        ("healthy young adults", "shift workers", "adults with sleep apnoea", "habitual short sleepers"),
        ("six weeks of sleep extension", "continuous positive airway pressure", "fixed bedtimes"),
        (
            "Short sleep goes along with higher fasting insulin in surveys, but trials have been small.",
            "Disturbances in sleep such as sleep apnoea are a suspected cause of insulin resistance.",
        ),
        (
            "Sleep loss raises evening cortisol and sympathetic tone, and both oppose insulin.",
            "Intermittent hypoxia increases oxidative stress and lipolysis overnight.",
        ),
        ("Sleep Deprivation", "Sleep", "Circadian Rhythm"),
        ("sleep restriction", "sleep apnoea", "circadian misalignment"),
        weight=4,
    ),
    _cause(
        "polycystic ovary syndrome",
        ("hyperandrogenism", "polycystic ovary syndrome", "ovarian dysfunction with oligomenorrhoea"),
        ("women with polycystic ovary syndrome", "lean women with polycystic ovary syndrome", "adolescent girls"),
        ("metformin for 24 weeks", "inositol", "a lifestyle programme for women"),
        (
            "Women with polycystic ovary syndrome are insulin resistant beyond what their weight explains.",
            "Whether insulin resistance causes ovarian dysfunction or follows from it is unsettled.",
        ),
        (
            "Increased serine phosphorylation of the insulin receptor selectively affects metabolic pathways in muscle "
            "and in the ovary.",
            "Hyperinsulinaemia stimulates ovarian androgen synthesis and lowers sex hormone-binding globulin.",
        ),
        ("Polycystic Ovary Syndrome/complications", "Female"),
        ("PCOS", "hyperandrogenism"),
        comparators=("placebo", "usual care"),
        weight=4,
    ),
    _cause(
        "physical inactivity",
        ("sitting more than nine hours a day", "low cardiorespiratory fitness", "bed rest", "fewer daily steps"),
        ("inactive adults", "older adults", "desk-based workers", "adults with prediabetes"),
        ("supervised resistance training", "breaks in sitting every 30 minutes", "interval training"),
        (
            "Lack of physical activity lowers insulin sensitivity within days.",
            "How much exercise is needed to reverse insulin resistance is uncertain.",
        ),
        (
            "Contracting muscle takes up glucose without insulin, and the effect fades within two days.",
            "Inactivity reduces mitochondrial oxidation and lets lipid intermediates build up in skeletal muscle.",
        ),
        ("Sedentary Behavior", "Exercise", "Muscle, Skeletal/metabolism"),
        ("physical activity", "sedentary behaviour", "fitness"),
        weight=4,
    ),
    _cause(
        "glucocorticoid treatment",
        ("long-term prednisone", "inhaled glucocorticoids", "Cushing's syndrome", "short courses of prednisolone"),
        ("adults with rheumatoid arthritis", "kidney transplant recipients", "adults with Cushing's syndrome"),
        ("evening instead of morning prednisone", "modified-release hydrocortisone", "early steroid withdrawal"),
        (
            "Glucocorticoids are among the medicines that most often cause insulin resistance.",
            "The dose of glucocorticoid below which glucose metabolism is spared is unknown.",
        ),
        (
            "Glucocorticoids raise hepatic glucose output and reduce post-receptor insulin signalling in muscle.",
            "Cortisol excess moves fat to the abdomen and the liver.",
        ),
        ("Glucocorticoids/adverse effects", "Prednisone/adverse effects", "Cushing Syndrome"),
        ("prednisone", "steroids", "Cushing's syndrome"),
        comparators=("morning prednisone", "placebo"),
        substances=("Glucocorticoids", "Prednisone"),
    ),
    _cause(
        "antipsychotic medicines",
        ("olanzapine", "clozapine", "second-generation antipsychotics", "a switch from olanzapine to aripiprazole"),
        ("adults with schizophrenia", "antipsychotic-naive patients", "adults with a first psychosis"),
        ("metformin added to olanzapine", "a switch to aripiprazole", "dietary counselling at the start of treatment"),
        (
            "Antipsychotics such as olanzapine may cause insulin resistance before any weight is gained.",
            "People who take antipsychotic medicines develop type 2 diabetes two to three times as often as others.",
        ),
        (
            "Blockade of muscarinic and dopamine receptors disturbs hypothalamic control of hepatic glucose output.",
            "Weight gain explains part of the effect and direct inhibition of glucose transport another part.",
        ),
        ("Antipsychotic Agents/adverse effects", "Schizophrenia"),
        ("olanzapine", "antipsychotics", "schizophrenia"),
        comparators=("placebo", "staying on olanzapine"),
        substances=("Antipsychotic Agents",),
    ),
    _cause(
        "genetic predisposition",
        ("a polygenic score for fasting insulin", "a first-degree relative with diabetes", "rare <i>INSR</i> variants"),
        ("adults of five ancestries", "siblings", "children of parents with type 2 diabetes"),
        ("genotype-guided diet advice", "disclosure of genetic risk"),
        (
            "Genetic predisposition contributes to insulin resistance, and more in some ethnic groups than in others.",
            "Family history of type 2 diabetes predicts insulin resistance decades before glucose rises.",
        ),
        (
            "Many of the variants limit the capacity of subcutaneous fat to store lipid.",
            "Reduced tyrosine kinase activity of the insulin receptor explains only rare, severe forms.",
        ),
        ("Genetic Predisposition to Disease", "Genome-Wide Association Study", "Polymorphism, Single Nucleotide"),
        ("genetics", "family history", "ancestry"),
    ),
    _cause(
        "ageing",
        ("age over 70 years", "loss of muscle mass", "frailty"),
        ("community-dwelling older adults", "adults aged 65 to 90 years", "lean older men"),
        ("resistance training with extra protein", "a multi-domain programme for older adults"),
        (
            "Insulin resistance becomes more common with age, but whether age itself is a cause is disputed.",
            "Older adults lose muscle and gain visceral fat, and both lower insulin sensitivity.",
        ),
        (
            "Mitochondrial decline in muscle and low-grade inflammation accompany ageing.",
            "After adjustment for fat mass and fitness, little of the effect of age remains.",
        ),
        ("Aging", "Aged", "Muscle, Skeletal"),
        ("ageing", "sarcopenia"),
        weight=2,
    ),
    _cause(
        "fatty liver disease",
        ("liver fat above 5%", "metabolic dysfunction-associated steatotic liver disease", "liver stiffness"),
        ("adults with nonalcoholic fatty liver disease", "blood donors", "adults with steatotic liver disease"),
        ("a fructose-restricted diet", "pioglitazone for 72 weeks", "time-restricted eating"),
        (
            "Nonalcoholic fatty liver disease and insulin resistance make each other worse.",
            "The order in which liver fat and insulin resistance appear is uncertain.",
        ),
        (
            "Diacylglycerol in the liver activates protein kinase C epsilon, which inhibits the insulin receptor.",
            "Hepatic insulin resistance leaves lipogenesis running while glucose output escapes control.",
        ),
        ("Non-alcoholic Fatty Liver Disease/complications",),
        ("NAFLD", "MASLD", "liver fat"),
        comparators=("placebo", "usual diet"),
    ),
    _cause(
        "diet low in fibre",
        ("a diet high in saturated fat and sugar", "low cereal fibre intake", "sugar-sweetened drinks"),
        ("adults with prediabetes", "university students", "adults with a family history of diabetes"),
        ("35 g of fibre a day", "replacing sugar-sweetened drinks by water", "a Mediterranean diet"),
        (
            "A diet high in saturated fats and sugars and low in fibre is listed among the causes of insulin "
            "resistance.",
            "Trials of fibre differ in dose, type and length, and their results disagree.",
        ),
        (
            "Fermented fibre yields short-chain fatty acids that reach muscle and fat.",
            "Saturated fat raises ceramides, which interfere with Akt.",
        ),
        ("Dietary Fiber", "Diet"),
        ("dietary fibre", "saturated fat", "sugar"),
        comparators=("a low-fibre diet", "the usual diet"),
    ),
    _cause(
        "the gut microbiome",
        ("low microbial diversity", "a branched-chain amino acid signature", "repeated courses of antibiotics"),
        ("adults with the metabolic syndrome", "twins discordant for weight", "adults with obesity"),
        ("faecal microbiota transfer from lean donors", "a multi-strain probiotic", "inulin for 12 weeks"),
        (
            "Gut bacteria differ between people with and without insulin resistance; cause and effect are open.",
            "Microbiome studies of insulin resistance have rarely been replicated.",
        ),
        (
            "Bacterial lipopolysaccharide crosses a leaky mucosa and activates toll-like receptor 4.",
            "Bacteria that make branched-chain amino acids raise their concentration in plasma.",
        ),
        ("Gastrointestinal Microbiome",),
        ("microbiota", "probiotics"),
        comparators=("placebo", "autologous transfer"),
        weight=2,
    ),
    _cause(
        "chronic inflammation",
        ("raised C-reactive protein", "rheumatoid arthritis activity", "psoriasis", "periodontitis"),
        ("adults with psoriasis", "adults with rheumatoid arthritis", "adults with periodontitis"),
        ("tumour necrosis factor inhibitors", "salsalate for 14 weeks", "periodontal treatment"),
        (
            "Pro-inflammatory cytokines induce insulin resistance in the laboratory; in people the effect is less "
            "sure.",
            "Blocking single cytokines has had small effects on insulin sensitivity.",
        ),
        (
            "Tumour necrosis factor promotes serine phosphorylation of insulin receptor substrate-1.",
            "Activated macrophages in adipose tissue keep up a local inflammation.",
        ),
        ("Inflammation", "Oxidative Stress"),
        ("cytokines", "C-reactive protein"),
        comparators=("placebo", "delayed treatment"),
        weight=2,
    ),
    _cause(
        "restricted growth before birth",
        ("low birth weight", "intrauterine growth restriction", "rapid catch-up growth"),
        ("school children born at term", "adults born small for gestational age", "twins at age 20"),
        ("breast feeding support", "a moderate-energy formula"),
        (
            "Intrauterine growth restriction is linked to insulin resistance in later life.",
            "Whether low birth weight or the catch-up growth after it matters more is not known.",
        ),
        (
            "Scarcity before birth leaves fewer muscle fibres and an altered stress axis.",
            "Epigenetic marks near growth genes persist into adult life.",
        ),
        ("Fetal Growth Retardation", "Pregnancy"),
        ("birth weight", "developmental origins"),
        weight=2,
    ),
    _cause(
        "HIV therapy",
        ("protease inhibitors", "thymidine analogues", "integrase inhibitors", "HIV-associated lipodystrophy"),
        ("adults who live with HIV", "treatment-naive adults with HIV", "women who live with HIV"),
        ("a switch to doravirine", "tesamorelin", "stopping thymidine analogues"),
        (
            "Older antiretroviral medicines cause lipodystrophy and insulin resistance.",
            "Weight gain with integrase inhibitors has raised new concern about insulin resistance.",
        ),
        (
            "Some protease inhibitors block the glucose transporter GLUT4 directly.",
            "Loss of limb fat moves lipid to the liver and to muscle.",
        ),
        ("HIV Infections", "Anti-HIV Agents/adverse effects"),
        ("HIV", "antiretroviral therapy", "lipodystrophy"),
        comparators=("continued therapy", "placebo"),
        substances=("Anti-HIV Agents",),
        weight=2,
    ),
)
