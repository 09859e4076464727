"""Words that name the same thing, and drugs by their class: "heart attack" is a myocardial infarction, enalapril an ACE
inhibitor.

For comparing an article's sentences with a record's. A drug belongs to its class, and not the other way round: what was
found for enalapril tells something of ACE inhibitors, but what was found for captopril tells nothing of enalapril.

From general knowledge of medical English. The endings are stems of international nonproprietary names (WHO, "The use of
stems in the selection of International Nonproprietary Names for pharmaceutical substances").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from litwatch.model.text.stems import Term, terms_of

_SAME = """
glycated haemoglobin: glycosylated haemoglobin, glycohaemoglobin, HbA1c, HbA, HgbA1c, glycaemic control, glucose control
blood pressure: antihypertensive
myocardial infarction: heart attack
heart failure: cardiac failure, congestive heart failure
stroke: cerebrovascular accident
proteinuria: albuminuria, microalbuminuria, albumin excretion
mortality: death, died, dying, survival, fatal
suicide: suicidal, suicidality
self-harm: self-injury, self-injurious, parasuicidal, parasuicide
edema: swelling
persistence: retention, drug survival
cancer: neoplasm, tumour, carcinoma, malignancy, malignant
estrogen: estradiol, oestradiol
elderly: older
hospital admission: hospitalisation, hospitalised
recurrence: relapse
voiding: micturition, urination
kidney: renal
liver: hepatic
lung: pulmonary
heart: cardiac
stomach: gastric
children: paediatric
pregnancy: pregnant
newborn: neonate, neonatal
smoking: cigarette, tobacco
exercise: physical activity
glibenclamide: glyburide
tumour necrosis factor: TNF
paracetamol: acetaminophen
salbutamol: albuterol
adrenaline: epinephrine
aspirin: acetylsalicylic acid
"""

_CLASSES = """
ACE inhibitor, ACE inhibition, angiotensin converting enzyme inhibitor, converting enzyme inhibition, ACEI: -pril
angiotensin receptor blocker, angiotensin receptor antagonist, angiotensin antagonist: -sartan
beta blocker, beta blockade, beta adrenergic blocker, adrenergic beta antagonist, beta antagonist: -olol, carvedilol,
    labetalol
calcium channel blocker, calcium channel blocking, calcium antagonist, calcium blocker: -dipine, verapamil, diltiazem
dihydropyridine: -dipine
thiazolidinedione, glitazone: -glitazone
sulphonylurea: glibenclamide, glyburide, glimepiride, gliclazide, glipizide, gliquidone, tolbutamide, chlorpropamide
statin: -vastatin
biguanide: metformin, phenformin
glinide, meglitinide: -glinide
alpha glucosidase inhibitor, glucosidase inhibitor: acarbose, miglitol, voglibose
gliptin, dipeptidyl peptidase inhibitor: -gliptin
gliflozin, sodium glucose cotransporter inhibitor: -gliflozin
glucagon like peptide agonist: -glutide, exenatide
proton pump inhibitor: omeprazole, esomeprazole, lansoprazole, pantoprazole, rabeprazole
antimuscarinic, anticholinergic, muscarinic antagonist, muscarinic receptor antagonist: -fenacin, -tropium, tolterodine,
    oxybutynin, propiverine, fesoterodine, trospium, scopolamine, atropine
bisphosphonate: -dronate
antipsychotic, neuroleptic: olanzapine, clozapine, haloperidol, risperidone, quetiapine, aripiprazole, ziprasidone
glucocorticoid, corticosteroid: prednisone, prednisolone, methylprednisolone, dexamethasone, hydrocortisone, budesonide
diuretic: -thiazide, chlorthalidone, furosemide, indapamide, torasemide, spironolactone
serotonin reuptake inhibitor: fluoxetine, sertraline, paroxetine, citalopram, escitalopram, fluvoxamine
benzodiazepine: -azepam, -azolam
anticoagulant: -xaban, -gatran, heparin, warfarin
triptan: -triptan
fluoroquinolone, quinolone: -floxacin
penicillin: -cillin
nonsteroidal anti inflammatory drug: -coxib, -profen, naproxen, diclofenac, indomethacin
NMDA receptor antagonist, NMDA antagonist: ketamine, memantine, dizocilpine, phencyclidine, MK-801
TNF inhibitor, anti TNF: infliximab, adalimumab, etanercept, golimumab, certolizumab
"""

_NEAR = 2
"""Characters between two words of one name: a blank or a hyphen, and a bracket."""
_SHORTEST_BEFORE_ENDING = 2
"""Letters before an ending: "april" is no ACE inhibitor."""

THING = "="
"""Before the name of a thing; no word's stem begins so."""

_Name = tuple[str, ...]


def _stems(words: str) -> _Name:
    return tuple(term.stem for term in terms_of(words))


def _lines(table: str) -> Iterable[tuple[str, list[str]]]:
    for line in table.strip().replace("\n    ", " ").splitlines():
        head, _, rest = line.partition(":")
        yield head, [each.strip() for each in rest.split(",")]


def _read_names() -> Mapping[str, list[tuple[_Name, str]]]:
    """First stem → the names that begin with it, longest first, each with the one that stands for it."""
    names: dict[_Name, str] = {}
    for head, others in _lines(_SAME):
        names.update({_stems(each): f"{THING}{head}" for each in (head, *others)})
    for head, _ in _lines(_CLASSES):
        first, *_ = wordings = [each.strip() for each in head.split(",")]
        names.update({_stems(each): f"{THING}{first}" for each in wordings})
    begun: dict[str, list[tuple[_Name, str]]] = {}
    for name in sorted(names, key=len, reverse=True):
        begun.setdefault(name[0], []).append((name, names[name]))
    return begun


def _read_members() -> tuple[Mapping[str, tuple[str, ...]], tuple[tuple[str, str], ...]]:
    """Drugs by name with their classes, and endings of names with theirs."""
    named: dict[str, tuple[str, ...]] = {}
    endings: list[tuple[str, str]] = []
    for head, members in _lines(_CLASSES):
        first = f"{THING}{head.split(',')[0]}"
        for member in members:
            if member.startswith("-"):
                # The ending of an ending: "amlodipine" is cut to "amlodipin".
                endings.append((_stems(f"xxxx{member[1:]}")[0].removeprefix("xxxx"), first))
            else:
                (stem,) = _stems(member)
                named[stem] = (*named.get(stem, ()), first)
    return named, tuple(endings)


_NAMES = _read_names()
_MEMBERS, _ENDINGS = _read_members()


@lru_cache(maxsize=65_536)
def classes_of(stem: str) -> frozenset[str]:
    """The classes of a drug, by its stem; empty for every other word.

    >>> classes_of("enalapril"), classes_of("april")
    (frozenset({'=ACE inhibitor'}), frozenset())
    """
    long_enough = len(stem) - _SHORTEST_BEFORE_ENDING
    ended = (name for end, name in _ENDINGS if len(end) <= long_enough and stem.endswith(end))
    return frozenset((*_MEMBERS.get(stem, ()), *ended))


def name_things(terms: tuple[Term, ...], *, with_classes: bool) -> tuple[Term, ...]:
    """The terms with one stem for each thing that has several names; ``with_classes``, each drug's class beside it.

    ``terms`` in the order of the text; so are the terms that come out.

    >>> [term.stem for term in name_things(terms_of("Enalapril after a heart attack"), with_classes=True)]
    ['enalapril', '=ACE inhibitor', '=myocardial infarction']
    """
    entries = [_entry(term.stem) for term in terms]
    if not any(entries):
        return terms
    found: list[Term] = []
    skipped = 0
    for place, (term, entry) in enumerate(zip(terms, entries, strict=True)):
        if place < skipped:
            continue
        if entry is None:
            found.append(term)
            continue
        names, classes = entry
        named = term
        for name, thing in names:
            if _stands_at(name, terms, place):
                skipped = place + len(name)
                named = Term(thing, term.start, terms[skipped - 1].end)
                break
        found.append(named)
        if with_classes:
            found.extend(Term(each, term.start, term.end) for each in classes)
    return tuple(found)


@lru_cache(maxsize=65_536)
def _entry(stem: str) -> tuple[list[tuple[_Name, str]], list[str]] | None:
    """The names that begin with a stem, and its classes; None for most words."""
    names, classes = _NAMES.get(stem, []), sorted(classes_of(stem))
    return (names, classes) if names or classes else None


def _stands_at(name: _Name, terms: tuple[Term, ...], place: int) -> bool:
    if len(name) == 1:
        return True
    own = terms[place : place + len(name)]
    return len(own) == len(name) and all(
        term.stem == stem and (number == 0 or term.start - own[number - 1].end <= _NEAR)
        for number, (term, stem) in enumerate(zip(own, name, strict=True))
    )
