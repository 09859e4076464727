"""Words that stand in so many abstracts that one of them alone is no search term, and words that name no subject.

From general knowledge of medical English, not counted from any collection: what PubMed itself counts comes first
wherever it may be asked (``strategy.term_frequency``).
"""

from __future__ import annotations

ASKING = frozenset(
    """
    able about actually adult adults adverse aetiology affect affected affecting affects always answer approach
    approaches are associate associated association associations be become been behandlung bei being beneficial
    benefit benefits best better can care causal cause caused causes causing certain change changed changes
    changing choice choices clinical clinician clinicians comment common como comparative compare compared
    compares comparing comparison con connected connection consequence consequences consideration considerations
    continue continued continuing contribute contributes contributing contribution correlated correlation
    correspond corresponding could course criteria criterion cual cuales cure cured cures current currently das
    day days de decrease decreased decreases decreasing del dem den der des describe detect detected detection
    develop development develops diagnose diagnosed diagnoses diagnosing diagnosis diagnostic did die differ
    difference differences different do doctor doctors does dosage dose doses dosing du during effect effective
    effectiveness effects efficacious efficacy ein eine einen eines eradicate eradicated est etiologies etiology
    every evidence exist exists expectancy explain factor factors find first form forms found frequency get gets
    gibt give given going good got guideline guidelines haben had happen happening happens harm harmful harms
    has hat have health healthy help helping helps how human humans impact impacts importance important improve
    improved improvement improves improving incidence increase increased increases increasing indicated
    indication indications individual individuals influence influenced influences initial intervention
    interventions introduction is ist kann kind kinds know known las lead leading leads les life line link
    linked links long-term los lower lowering lowers made main make makes man manage managed management manages
    managing many may me mean means mechanism mechanisms men might mit month months much must my need needs
    never next number occur occurring occurs oder often one option options outcome outcomes outlook overview
    para pathogenesis pathophysiology patient patients people person persons place population populations por
    possible potential pourquoi practice predictor predictors prevalence prevent prevented preventing prevention
    prevents prognosis prognostic prophylaxis que quel quelle quelles quels question raise raises raising rate
    rates really reason reasons recognise recognize recommend recommendation recommendations recommended reduce
    reduced reduces reducing reduction relate related relates relation relationship repeat repeated respective
    result resulting results review risk risks role safe safest safety screen screening second shall should side
    sign signs similar sind sometimes son sont sort special specialised specialized specific start started
    starting stop stopped stopping subject subjects survival survive switch symptom symptoms take taken tell
    term test testing tests therapeutic therapies therapy there think three today treat treated treating
    treatment treatments treats two type types typical und une update ursachen usage use used useful usefulness
    uses using usual usually value variable variables vom von wann want warum was wean weaning week weeks welche
    welcher welches wer werden were what when where which who whom whose why wie will wird wo woman women work
    working works worse worsen would year years you your zum zur
    """.split()
)
"""Words of a question that ask, or that any article could ask about; German, French and Spanish ones among them."""

QUALIFYING = frozenset(
    """
    acute asymptomatic chronic early elderly elevated extended frequent high higher late long low mild moderate new old
    older persistent primary prolonged recent recurrent red refractory secondary severe short uncomplicated young
    younger
    """.split()
)
"""Words that qualify a subject and are none alone: "a high risk of stroke"."""

JOINING = frozenset(
    """
    about above across after against all along also among amongst another any around because before behind below
    besides between beyond both concerning currently despite down during each either even except few following
    here however if into just least less like many more most much neither no not off only onto other others out
    over own per plus prior same several since so some still such than that then there these this those through
    throughout too toward towards under unlike until up upon versus very via vs whether while within without
    """.split()
)
"""Further words between which and a subject a noun phrase ends: prepositions, conjunctions and pronouns."""

GENERIC = frozenset(
    """
    agent agents based behavior behaviors behaviour behaviours class classes condition conditions disease
    diseases disorder disorders drug drugs episode episodes event events group groups illness induced
    intervention interventions level levels like measure measures medication medications medicine medicines
    mellitus method methods model models oral pectoris pharmaceutical pharmaceuticals problem problems procedure
    procedures process product products professional professionals program programme programmes programs related
    selective specialised specialized state states strategies strategy symptom symptoms syndrome syndromes
    system systems task tasks technique techniques therapies therapy treatment treatments use
    """.split()
)
"""Words that a noun phrase may lose or change without becoming another subject: ``oral hypoglycemic drugs``."""

METHODS = frozenset(
    """
    analyses analysis assessing assessment baseline blind blinded case cohort compared comparing comparison
    consensus control controlled cross-over crossover days effect effects efficacy evaluating evaluation
    evidence follow group groups guideline guidelines international investigating label longitudinal masked meta
    metaanalysis months multicenter multicentre national nationwide observational open outcome outcomes patients
    phase pilot placebo preliminary prospective protocol questionnaire randomised randomized randomly report
    reports result results retrospective review reviews safety series studies study survey surveys systematic
    trial trials versus weeks years
    """.split()
)
"""Words on how or with whom something was studied: no phrase with one of them tells what an article is about."""

COMMON = frozenset(
    """
    abdominal ability abnormal absence abuse accuracy acid acids action activation active activity acute
    addition adherence adipose administration admission admissions adolescent adolescents adults advanced
    adverse affect africa african age aged ageing agent agents aging agonist agonists air alcohol algorithm
    algorithms alpha ambulance ambulatory america american amino anaesthesia analgesia analysis anemia
    anesthesia angina animal animals ankle antagonist antagonists anterior anti antibiotic antibiotics
    antibodies antibody antimicrobial anxiety aortic apoptosis application area arm arrhythmia arsenic arterial
    arteries artery arthritis artificial asia asian aspirin asthma athletes attack attitude attitudes auditory
    australia australian autism average bacteria bacterial base behavior behavioral behaviour behavioural
    beliefs beneficial beta binding bioavailability biological biology biopsy birth births black bladder
    bleeding blind block blockade blocker blockers blood body bone bones brain brazil breast british burden
    cadmium caffeine calcium canada canadian cancer cancers capsule capsules carcinoma cardiac cardiomyopathy
    cardiovascular care caregiver caregivers catalyst catheter cell cells cellular central cerebral cervical
    challenge challenges change channel channels characteristics charged chemical chemotherapy chest child
    childhood children china chinese cholesterol chronic cities city class clearance climate clinical cognition
    cognitive cohort colon colorectal combination combined community complex complication complications
    component composition compound compounds computer concentration concentrations concept concepts condition
    conditions congestive consent constipation content context control controlled convenient conventional
    convergence converting coronary coronavirus cortex corticosteroids cortisol cost costs cough countries
    country course covid critical crop crops crucial crystal ct culture cycle cytokine cytokines daily damage
    data dead death deaths decision deep deficit deficits degree delivery dementia demonstration demonstrations
    dengue density dental depressed depressing depression depressive design detection device diabetes diabetic
    diagnosis dialysis diarrhea diet dietary differentiation digital dimension disabilities disability discharge
    disease diseases disorder disorders distinct distress distribution domain donor donors dorsal dosage dose
    doses double drug drugs duration dynamic dysfunction ear economic education effect elderly electrical
    electron electronic elevated emergency employment endoscopic energy environment environmental enzyme enzymes
    epilepsy essential estrogen ethical ethics ethnic europe european events excretion exercise experience
    experiences experimental exposed exposure expression extract eye eyes falls family fat fatal father fathers
    fatigue female females fetal fever fibrillation fibrosis field films fish fluid focal food foot forced
    forest formation fracture frailty french frontal function functional fungal future gastric gender gene
    general generate generation generic genes genetic genome german global glucose glycemic government graft
    group growth hair hand hands head headache healthcare hearing heart heavy hemorrhage hepatic hepatitis
    herpes high hip hippocampus history hiv home hormone hormones hospital hospitals household housing human
    hypertension hypertensive icu image images imaging immune immunity immunization immunotherapy impairment
    implant implants implementation income increase index india indian individual infant infants infarction
    infection infections inflammation inflammatory influenza information infusion inhibition inhibitor
    inhibitors injection injections injury insect insects insulin insurance intake intelligence intensity
    intensive interaction interactions interleukin internal international internet interpretation interval
    intervals intervention interview interviews intestinal intraoperative intravenous invasion iran iron
    ischemia ischemic issue issues japan japanese joint joints kidney kinetic kinetics kingdom knee knowledge
    korea lake language laparoscopic large laser lasting latent lateral law lead learning left legal leptin
    lesion lesions lipid lipids lipoprotein liquid liver local loss low lung machine magnesium magnetic
    maintenance major malaria male males management marine mass maternal mean measurement measures meat
    mechanical media medial medical medication medicine membrane memory men mental mercury metabolic metabolism
    metabolite metabolites metals metastasis metastatic mice microbial migraine migration mild military milk
    mineral minerals mobile model models moderate molecular morbidity mortality mosquito mothers motor mouse mri
    muscle muscles muscular mutation mutations myocardial nanoparticles natural nausea neck necrosis needs
    neonatal nerve nerves nervous network networks neural neuronal neurons newborn nicotine nodes normal nose
    novel nurse nurses nursing nutrition obese obesity object obstruction obstructive occupational ocean ocular
    older once online onset opioid opioids opportunities optical oral organ organic organism organisms
    organization organizational origin original originally originate origins outpatient ovarian oxidative oxygen
    pain palliative pancreatic pandemic papillomavirus parameters parasite parasites parents particle particles
    pathway pathways perception perceptions performance perioperative peripheral personality perspective
    perspectives pesticides pet pharmacokinetic pharmacokinetics pharmacological phase physical physician
    physicians placebo plant plants plasma pneumonia policies policy pollutants pollution polymer polymers
    population positive posterior postoperative potassium potential poverty power prediction predictive
    pregnancy pregnant preoperative presence pressure preterm prevention primary principles process product
    production products professional profile prognosis progress progression proliferation prolonged properties
    prospects prostate protection protein proteins provider psychological public pulmonary pulse qualitative
    quality questionnaire questionnaires race radiation radiotherapy range rat ratio rats reaction receptor
    receptors recognition recovery regimen regimens regional regression regulation regulatory rehabilitation
    release reliability religion renal resection resistance resistant respiratory response responses retinal
    rhythm right river rodent role rural safety sample satisfaction scan scans schizophrenia school sciences
    score scores secondary sedation seed seeds self sensitive sensitivity sensor sensors sepsis sequence serum
    services severe severity sex sexual shoulder siblings signal signaling simulation single skin sleep sludge
    small smoking social society sodium software soil soluble solution species specificity spinal spine sport
    sports stage standard state states statistical status stem stent steroid steroids stiffness stigma strain
    strains strength stress stroke structural structure structures student students substance suicidal suicide
    supply support surface surgery surgical surveillance survival susceptibility switch switched switching
    symptom symptoms syndrome synthesis system systems tablet tablets target targeted technique technology teeth
    temperature term test testosterone theory therapy thermal throat thrombosis thyroid ticks time tissue
    tissues tobacco tolerance tomography tool tooth total toxic toxicity training transcription transfer
    transformation transfusion transition translation transmission transplant transplantation transport trauma
    traumatic treatment trend trends triage triglycerides tuberculosis tumor tumors tumour tumours turkey twice
    twins ultrasound unique universal universities university upper urban urinary user uterine vaccination
    vaccine vaccines validation validity valve variability variables variant variants vascular vein veins venous
    ventilation ventral ventricular veterans video violence viral virus viruses visceral vision visual vitamin
    vitamins volume vomiting waste wastewater water web weight well white women work workers workplace world
    young youth zinc zone
    """.split()
)
"""Words that alone find some hundred new records a month and more."""
