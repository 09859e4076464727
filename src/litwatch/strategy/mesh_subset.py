"""The part of MeSH that litwatch ships: label | unique ID | tree numbers | entry terms.

One heading a line; an indented line continues the one before.

From general knowledge of MeSH 2024/2025, not from NLM's files: an ID is left out where it was not certain, and tree
numbers serve explosion only (who stands below whom), not citation.
"""

HEADINGS = """
Nutritional and Metabolic Diseases | D009750 | C18 |
Metabolic Diseases | D008659 | C18.452 | Metabolic Disorders
Glucose Metabolism Disorders | D044882 | C18.452.394 |
Diabetes Mellitus | D003920 | C18.452.394.750 C19.246 | diabetes
Diabetes Mellitus, Type 1 | D003922 | C18.452.394.750.124 C19.246.267 C20.111.327 | type 1 diabetes;
    type 1 diabetes mellitus; IDDM; juvenile-onset diabetes; insulin-dependent diabetes mellitus
Diabetes Mellitus, Type 2 | D003924 | C18.452.394.750.149 C19.246.300 | type 2 diabetes; type 2 diabetes mellitus;
    NIDDM; T2DM; maturity-onset diabetes; noninsulin-dependent diabetes mellitus; adult-onset diabetes mellitus
Diabetes, Gestational | D016640 | C18.452.394.750.448 C19.246.200 | gestational diabetes; pregnancy-induced diabetes
Prediabetic State | D011236 | C18.452.394.750.774 C19.246.774 | prediabetes
Diabetes Complications | D048909 | C19.246.099 | diabetic complications
Diabetic Angiopathies | D003925 | C19.246.099.500 C14.907.320 |
Hyperglycemia | D006943 | C18.452.394.952 |
Glucose Intolerance | D018149 | C18.452.394.952.500 | impaired glucose tolerance
Hypoglycemia | D007003 | C18.452.394.984 |
Hyperinsulinism | D006946 | C18.452.394.968 | hyperinsulinemia
Insulin Resistance | D007333 | C18.452.394.968.500 | insulin sensitivity
Metabolic Syndrome | D024821 | C18.452.394.968.500.570 | metabolic syndrome x; insulin resistance syndrome;
    syndrome x, metabolic; cardiometabolic syndrome
Lipid Metabolism Disorders | D052439 | C18.452.584 |
Dyslipidemias | D050171 | C18.452.584.500 | dyslipidemia; dyslipidaemia; dyslipoproteinemias
Hyperlipidemias | D006949 | C18.452.584.500.500 | hyperlipidemia
Hypercholesterolemia | D006937 | C18.452.584.500.500.396 |
Hypertriglyceridemia | D015228 | C18.452.584.500.500.851 |
Lipodystrophy | D008060 | C18.452.584.625 C17.800.849 |
Nutrition Disorders | D009748 | C18.654 |
Overnutrition | D044343 | C18.654.726 |
Overweight | D050177 | C23.888.144.699 |
Obesity | D009765 | C18.654.726.500 C23.888.144.699.500 | obese
Obesity, Abdominal | D056128 | C18.654.726.500.560 C23.888.144.699.500.249 | abdominal obesity; central obesity;
    visceral obesity
Obesity, Morbid | D009767 | C18.654.726.500.700 C23.888.144.699.500.500 | morbid obesity; severe obesity
Pediatric Obesity | D063766 | C18.654.726.500.720 C23.888.144.699.500.750 | childhood obesity
Body Weight | D001835 | C23.888.144 |
Body Weight Changes | D001836 | C23.888.144.243 |
Weight Gain | D015430 | C23.888.144.243.926 |
Weight Loss | D015431 | C23.888.144.243.963 | weight reduction
Cardiovascular Diseases | D002318 | C14 | cardiovascular disease
Heart Diseases | D006331 | C14.280 | heart disease; cardiac disease
Heart Failure | D006333 | C14.280.434 | cardiac failure; congestive heart failure
Myocardial Ischemia | D017202 | C14.280.647 C14.907.585 | ischemic heart disease
Coronary Disease | D003327 | C14.280.647.250 C14.907.585.250 | coronary heart disease
Coronary Artery Disease | D003324 | C14.280.647.250.260 C14.907.585.250.260 |
Myocardial Infarction | D009203 | C14.280.647.500 C14.907.585.500 | heart attack; heart attacks; myocardial infarct
Atrial Fibrillation | D001281 | C14.280.067.198 |
Vascular Diseases | D014652 | C14.907 |
Arterial Occlusive Diseases | D001157 | C14.907.137 |
Arteriosclerosis | D001161 | C14.907.137.126 |
Atherosclerosis | D050197 | C14.907.137.126.307 | atherogenesis
Cerebrovascular Disorders | D002561 | C14.907.253 C10.228.140.300 |
Stroke | D020521 | C14.907.253.855 C10.228.140.300.775 | cerebrovascular accident; apoplexy
Hypertension | D006973 | C14.907.489 | high blood pressure
Endocrine System Diseases | D004700 | C19 | endocrine diseases
Adrenal Gland Diseases | D000307 | C19.053 |
Adrenocortical Hyperfunction | D000308 | C19.053.800 |
Cushing Syndrome | D003480 | C19.053.800.604 | cushing's syndrome; hypercortisolism
Acromegaly | D000172 | C19.700.355.179 |
Gonadal Disorders | D006058 | C19.391 |
Hyperandrogenism | D017588 | C19.391.119 |
Ovarian Diseases | D010049 | C19.391.630 |
Ovarian Cysts | D010048 | C19.391.630.580 C04.182.612 |
Polycystic Ovary Syndrome | D011085 | C19.391.630.580.765 C04.182.612.765 | polycystic ovarian syndrome;
    stein-leventhal syndrome; sclerocystic ovary syndrome
Thyroid Diseases | D013959 | C19.874 |
Digestive System Diseases | D004066 | C06 |
Liver Diseases | D008107 | C06.552 |
Fatty Liver | D005234 | C06.552.241 | hepatic steatosis; steatohepatitis
Non-alcoholic Fatty Liver Disease | D065626 | C06.552.241.519 | nonalcoholic fatty liver disease; NAFLD;
    nonalcoholic steatohepatitis
Respiratory Tract Diseases | D012140 | C08 |
Bronchial Diseases | D001982 | C08.127 |
Asthma | D001249 | C08.127.108 C08.381.495.108 | bronchial asthma
Lung Diseases | D008171 | C08.381 |
Lung Diseases, Obstructive | D008173 | C08.381.495 |
Pulmonary Disease, Chronic Obstructive | D029424 | C08.381.495.389 | copd; chronic obstructive pulmonary disease
Sleep Wake Disorders | D012893 | C10.886 F03.870 | sleep disorders; sleep disturbance
Sleep Disorders, Intrinsic | D020919 | C10.886.425.800 |
Sleep Apnea Syndromes | D012891 | C08.618.085.852 C10.886.425.800.750 | sleep apnea; sleep apnoea
Sleep Apnea, Obstructive | D020181 | C08.618.085.852.850 C10.886.425.800.750.850 | obstructive sleep apnea;
    obstructive sleep apnoea
Sleep Initiation and Maintenance Disorders | D007319 | C10.886.425.800.800 F03.870.400.800.800 | insomnia
Sleep Deprivation | D012892 | C10.886.425.175 F02.830.855.671 | sleep restriction; insufficient sleep
Sleep | D012890 | F02.830.855 G11.561.803 |
Sleep Duration | | F02.830.855.800 |
Circadian Rhythm | D002940 | G07.180.562.190 |
Mental Disorders | D001523 | F03 |
Depression | D003863 | F01.145.126.350 |
Depressive Disorder | D003866 | F03.600.300 |
Schizophrenia | D012559 | F03.700.750 |
Neoplasms | D009369 | C04 | cancer; cancers; tumor; tumors; neoplasia; malignancy
Neoplasms by Site | D009371 | C04.588 |
Breast Neoplasms | D001943 | C04.588.180 | breast cancer
Infections | D007239 | C01 |
COVID-19 | D000086382 | C01.748.610.763.500 | sars-cov-2 infection; coronavirus disease 2019
Inflammation | D007249 | C23.550.470 |
Pain | D010146 | C23.888.592.612 |
Kidney Diseases | D007674 | C12.777.419 |
Renal Insufficiency, Chronic | D051436 | C12.777.419.780.750 | chronic kidney disease
Pregnancy | D011247 | G08.686.784.769 |
Genetic Predisposition to Disease | D020022 | C23.550.291.687.500 |
Polymorphism, Single Nucleotide | D020641 | G05.365.795.598 | snp
Blood Glucose | D001786 | D09.947.875.359.448.500 | blood sugar
Glycated Hemoglobin | D006442 | D12.776.422.316.762.380 | hba1c; hemoglobin a1c
Insulin | D007328 | D06.472.699.587.200.500.625 D12.644.548.586.200.500.625 |
Receptor, Insulin | D011972 | D12.776.543.750.750.400.500.400 | insulin receptor
Insulin Receptor Substrate Proteins | D055504 | D12.776.476.024.420 |
Adipokines | D054392 | D12.644.276.024 |
Leptin | D020738 | D12.644.276.024.500 |
Adiponectin | D052242 | D12.644.276.024.249 |
Fatty Acids, Nonesterified | D005230 | D10.251.310 | free fatty acids
Adipose Tissue | D000273 | A10.165.114 |
Intra-Abdominal Fat | D050152 | A10.165.114.830.750 | visceral fat
Muscle, Skeletal | D018482 | A10.690.552.500 |
Endoplasmic Reticulum Stress | D059865 | G03.297.500 |
Oxidative Stress | D018384 | G03.673 |
Signal Transduction | D015398 | G02.111.820 |
Hypoglycemic Agents | D007004 | D27.505.696.422 | antidiabetic drugs; hypoglycemic drugs
Biguanides | D001645 | D02.078.370.141 |
Metformin | D008687 | D02.078.370.141.450 | glucophage
Thiazolidinediones | D045162 | D02.886.675.866 | glitazones
Pioglitazone | D000077205 | D02.886.675.866.500 |
Rosiglitazone | D000077154 | D02.886.675.866.750 |
Sulfonylurea Compounds | D013453 | D02.886.590.795 | sulfonylureas
Sodium-Glucose Transporter 2 Inhibitors | D000077203 | D27.505.519.853 | sglt2 inhibitors; gliflozins
Dipeptidyl-Peptidase IV Inhibitors | D054873 | D27.505.519.389.745.800.325 | gliptins; dpp-4 inhibitors
Glucagon-Like Peptide-1 Receptor Agonists | | D27.505.519.374 | glp-1 receptor agonists
Liraglutide | D000069450 | D06.472.699.587.500.400 |
Hydroxymethylglutaryl-CoA Reductase Inhibitors | D019161 | D27.505.519.389.370 | statins
Antihypertensive Agents | D000959 | D27.505.954.411.162 |
Adrenergic beta-Antagonists | D000319 | D27.505.519.625.050.200.200 | beta blockers
Angiotensin-Converting Enzyme Inhibitors | D000806 | D27.505.519.389.745.085 | ace inhibitors
Calcium Channel Blockers | D002121 | D27.505.519.562.249 |
Glucocorticoids | D005938 | D27.505.696.399.472.488 | glucocorticoid
Prednisone | D011241 | D04.210.500.745.432.769.795 |
Antipsychotic Agents | D014150 | D27.505.954.427.210.950 | antipsychotics; neuroleptics
Olanzapine | D000077152 | D03.633.100.079.500 |
Clozapine | D003024 | D03.633.300.274 |
Aspirin | D001241 | D02.455.426.559.389.657.410.595.176 | acetylsalicylic acid
Exercise | D015444 | G11.427.410.698.277 I03.350 | physical activity
Sedentary Behavior | D057185 | F01.145.813 | physical inactivity
Life Style | D008019 | F01.829.458 | lifestyle
Smoking | D012907 | F01.145.805 |
Diet | D004032 | G07.203.650.240 |
Diet, High-Fat | D059305 | G07.203.650.240.340 | high-fat diet
Dietary Fiber | D004043 | G07.203.300.362 |
Body Mass Index | D015992 | E01.370.600.115.100.125 | bmi
Waist Circumference | D055105 | E01.370.600.115.100.720 |
Therapeutics | D013812 | E02 |
Drug Therapy | D004358 | E02.319 | pharmacotherapy
Bariatric Surgery | D050110 | E02.186 | metabolic surgery
Diagnosis | D003933 | E01 |
Diagnosis, Differential | D003937 | E01.171 | differential diagnosis
Early Diagnosis | D042241 | E01.390 |
Diagnostic Techniques and Procedures | D019937 | E01.370 |
Diagnostic Imaging | D003952 | E01.370.350 | medical imaging
Diagnostic Errors | D003951 | E01.354 | misdiagnosis
Diagnostic Tests, Routine | D003955 | E01.370.395 |
Prognosis | D011379 | E01.789 |
Treatment Outcome | D016896 | E01.789.800 |
Quality of Life | D011788 | I01.800 |
Epidemiologic Study Characteristics | D016020 | E05.318.372 |
Epidemiologic Studies | D016021 | E05.318.372.500 |
Case-Control Studies | D016022 | E05.318.372.500.500 |
Retrospective Studies | D012189 | E05.318.372.500.500.500 |
Cohort Studies | D015331 | E05.318.372.500.750 | cohort study
Follow-Up Studies | D005500 | E05.318.372.500.750.249 | followup studies
Longitudinal Studies | D008137 | E05.318.372.500.750.500 |
Prospective Studies | D011446 | E05.318.372.500.750.625 |
Cross-Sectional Studies | D003430 | E05.318.372.500.875 |
Clinical Studies as Topic | D000068456 | E05.318.372.250 |
Clinical Trials as Topic | D002986 | E05.318.372.250.250 |
Controlled Clinical Trials as Topic | | E05.318.372.250.250.365 |
Randomized Controlled Trials as Topic | D016032 | E05.318.372.250.250.365.500 |
Systematic Reviews as Topic | D000078202 | E05.318.780 |
Meta-Analysis as Topic | D015201 | E05.318.780.500 |
Random Allocation | D011897 | E05.318.370.700 | randomization
Double-Blind Method | D004311 | E05.318.370.300 |
Sensitivity and Specificity | D012680 | E05.318.370.800 N05.715.360.325.700 | specificity
Predictive Value of Tests | D011237 | E05.318.370.800.650 N05.715.360.325.700.640 |
ROC Curve | D012372 | E05.318.370.800.750 N05.715.360.325.700.680 |
Observer Variation | D015588 | E05.318.370.525 |
Incidence | D015994 | E05.318.308.985.525.375 |
Prevalence | D015995 | E05.318.308.985.525.750 |
Mortality | D009026 | E05.318.308.985.550 | death rate
Survival Rate | D015996 | E05.318.308.985.550.900 |
Risk | D012306 | E05.318.740.600.800 | relative risk
Risk Assessment | D018570 | E05.318.740.600.800.715 |
Risk Factors | D012307 | E05.318.740.600.800.725 | risk factor
Risk Reduction Behavior | D040242 | F01.145.650 |
Risk Management | D012308 | N04.452.871 |
Causality | D015984 | N05.715.350.200 | causation; etiology
Age Groups | D009273 | M01.060 |
Infant | D007223 | M01.060.703 |
Infant, Newborn | D007231 | M01.060.703.520 | newborns
Child | D002648 | M01.060.406 | children
Child, Preschool | D002675 | M01.060.406.448 |
Adolescent | D000293 | M01.060.057 | adolescents; teenagers
Adult | D000328 | M01.060.116 | adults
Young Adult | D055815 | M01.060.116.815 |
Middle Aged | D008875 | M01.060.116.630 |
Aged | D000368 | M01.060.116.100 | elderly
Aged, 80 and over | D000369 | M01.060.116.100.080 |
Male | D008297 | |
Female | D005260 | |
Animals | D000818 | B01.050 | animal; animalia
Mammals | D008322 | B01.050.150.900.649 |
Rodentia | D012377 | B01.050.150.900.649.313.992 | rodents
Mice | D051379 | B01.050.150.900.649.313.992.635.505.500 | mouse
Rats | D051381 | B01.050.150.900.649.313.992.635.505.700 | rat
Primates | D011323 | B01.050.150.900.649.313.988 |
Humans | D006801 | B01.050.150.900.649.313.988.400.112.400.400 | human; homo sapiens
"""

PUBLICATION_TYPES = """
Clinical Study | D000068397 | V03.175 |
Clinical Trial | D016430 | V03.175.250 |
Clinical Trial, Phase I | D017426 | V03.175.250.100 |
Clinical Trial, Phase II | D017427 | V03.175.250.200 |
Clinical Trial, Phase III | D017428 | V03.175.250.300 |
Clinical Trial, Phase IV | D017429 | V03.175.250.400 |
Adaptive Clinical Trial | | V03.175.250.050 |
Controlled Clinical Trial | D018848 | V03.175.250.500 |
Randomized Controlled Trial | D016449 | V03.175.250.500.500 |
Equivalence Trial | | V03.175.250.500.500.250 |
Pragmatic Clinical Trial | D065007 | V03.175.250.500.500.500 |
Observational Study | D064888 | V03.175.500 |
Comparative Study | D003160 | V03.200 |
Multicenter Study | D016448 | V03.600 |
Meta-Analysis | D017418 | V03.650 |
Systematic Review | D000078182 | V03.850 |
Journal Article | D016428 | V02.600 |
Review | D016454 | V02.800 |
Case Reports | D002363 | V02.100 |
Guideline | D016431 | V02.500 |
Practice Guideline | D017065 | V02.500.500 |
Editorial | D016421 | V02.300 |
Comment | D016420 | V02.200 |
Letter | D016422 | V02.700 |
News | D016433 | V02.750 |
Published Erratum | D016425 | V02.790 |
Expression of Concern | D000075742 | V02.350 |
Retraction Notice | D016440 | V02.795 |
Retracted Publication | D016441 | V02.794 |
Preprint | D000076942 | V02.780 |
"""

SUBHEADING_FAMILIES = """
diagnosis: diagnostic imaging; pathology
therapy: diet therapy; drug therapy; nursing; prevention & control; radiotherapy; rehabilitation; surgery
surgery: transplantation
etiology: chemically induced; complications; congenital; embryology; genetics; immunology; microbiology;
    parasitology; transmission
complications: secondary
microbiology: virology
epidemiology: ethnology; mortality
metabolism: biosynthesis; blood; cerebrospinal fluid; deficiency; enzymology; pharmacokinetics; urine
physiology: genetics; growth & development; immunology; metabolism; physiopathology; secretion
pharmacology: administration & dosage; adverse effects; agonists; antagonists & inhibitors; metabolism; pharmacokinetics
therapeutic use: administration & dosage; adverse effects; contraindications; poisoning
adverse effects: poisoning; toxicity
analysis: blood; cerebrospinal fluid; isolation & purification; urine
statistics & numerical data: epidemiology; supply & distribution
"""
"""NLM's subheading families, "Qualifiers by allowable category", the narrower ones behind the colon."""

SUBHEADING_ABBREVIATIONS = """ab=abnormalities; ad=administration & dosage; ae=adverse effects; ag=agonists;
aa=analogs & derivatives; an=analysis; ah=anatomy & histology; ai=antagonists & inhibitors; bi=biosynthesis;
bl=blood; bs=blood supply; cf=cerebrospinal fluid; ch=chemistry; ci=chemically induced; cl=classification;
cn=congenital; co=complications; ct=contraindications; cy=cytology; de=drug effects; df=deficiency;
dg=diagnostic imaging; dh=diet therapy; di=diagnosis; dt=drug therapy; ec=economics; ed=education;
eh=ethnology; em=embryology; en=enzymology; ep=epidemiology; es=ethics; et=etiology; gd=growth & development;
ge=genetics; hi=history; im=immunology; in=injuries; ip=isolation & purification; ir=innervation;
is=instrumentation; lj=legislation & jurisprudence; me=metabolism; mi=microbiology; mo=mortality; mt=methods;
nu=nursing; og=organization & administration; pa=pathology; pc=prevention & control; pd=pharmacology;
ph=physiology; pk=pharmacokinetics; po=poisoning; pp=physiopathology; ps=parasitology; px=psychology;
py=pathogenicity; re=radiation effects; rh=rehabilitation; rt=radiotherapy; sc=secondary;
sd=supply & distribution; se=secretion; sn=statistics & numerical data; st=standards; su=surgery; td=trends;
th=therapy; tm=transmission; to=toxicity; tr=transplantation; tu=therapeutic use; ul=ultrastructure; ur=urine;
ve=veterinary; vi=virology"""
"""NLM's topical qualifiers with the two letters that Ovid and MEDLINE write ("MeSH Qualifiers with abbreviations")."""

FORMER_SUBHEADINGS = (
    "diagnostic use; jurisprudence; manpower; radiography; radionuclide imaging; ultrasonography; utilization"
)
"""Qualifiers of former years, which older strategies still name; PubMed maps some of them to newer ones."""
