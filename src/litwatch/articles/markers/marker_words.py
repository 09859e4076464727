"""The words around a bare number that say what it is: an amount, part of a name, or possibly a marker.

Lists only; ``bare_numbers`` uses them. They come from reading clinical prose. All are lower-case unless a unit's
case tells it from a word.
"""

from __future__ import annotations

LABELS = frozenset(
    """type stage grade class phase step tier category figure fig table section chapter day week month year version
    trimester cycle visit quartile quintile tertile decile percentile round wave hour minute appendix box lesson
    vol volume page no nr option""".split()
)
"""A single number after one of these belongs to it: "stage 3", "day 7"."""

PLURAL_LABELS = frozenset(
    """types stages grades classes phases steps tiers categories figures figs tables sections chapters days weeks
    months years versions cycles visits hours minutes ages aged levels groups cohorts arms parts lines criteria
    numbers nos pages cases items questions options doses quartiles tertiles appendices""".split()
)
"""A range or list after one of these belongs to it, unless a number stands before it: "days 1-3", not "7 days 1, 3"."""

SOFT_LABELS = frozenset(
    """dose age level group course line model case zone criterion number question item tablet schedule score scores
    points point part arm cohort factor vitamin interferon transporter caspase isoform genotype serotype subtype
    peptide neuropeptide receptor receptors substrate protein kinase channel gene complement antigen collagen
    covid hiv hpv hsv brca ckd asa gold ccs kdigo sars total sum centor study trial example scenario t b h g c
    hepatitis""".split()
)
"""After one of these a number may be a marker or belong to it: "the lowest effective dose 1", "CKD 3"."""

NAMED = frozenset(
    """interleukin omega cotransporter chromosome chromosomes trisomy aquaporin cyclooxygenase phosphodiesterase il
    glp sglt pde cox dpp cyp cd irs glut ppar ctla aged aged- glucagon-like""".split()
)
"""A number after one of these is part of a name, with or without hyphen: "interleukin 6", "SGLT 2"."""

SCALES = frozenset(
    """nyha ecog gcs apgar meld qsofa sofa nihss mrs apache gleason rads bi-rads pi-rads ti-rads li-rads abcd2
    curb-65 phq-9 gad-7 mmse moca fib-4 cha2ds2-vasc cha₂ds₂-vasc has-bled child-pugh wells ipss mallampati
    killip hoehn rankin barthel karnofsky mcisaac""".split()
)
"""A number after one of these is its value: "NYHA 3", "CHA2DS2-VASc 2"."""

MONTHS = frozenset(
    """january february march april may june july august september october november december jan feb mar apr jun
    jul aug sep sept oct nov dec""".split()
)

AMOUNTS = frozenset(
    """a an the of to than about approximately around roughly nearly almost at by for from in into within between
    and or with without per every each only least most over under until since during on via through is are was
    were be equals equal exceeds exceed exceeding including plus minus times approx ca circa n versus vs has
    have had take takes ci iqr sd = x""".split()
)
"""A number after one of these is an amount: "less than 7", "for 5"."""

AMOUNT_VERBS = frozenset(
    """received receive require required requires given give reached reach scored scoring affects affect includes
    include add used use up above below after before all both next last first past""".split()
)
"""After one of these a number within a clause is an amount; at its end it may be a marker."""

PLACES = frozenset("first second third fourth fifth next previous whole same entire following last".split())
"""Before a label these leave nothing for a number to count: "within the first day 2" is a marker."""

DETERMINERS = frozenset("a an per each every this that same one any another".split())
"""Before a label these end its clause: "twice a day 1" is a marker, "day 1" is not."""

ORDINALS = frozenset(
    """first second third fourth final early late later latter whole next previous advanced severe initial last
    current risk prognostic causal contributing major key important main possible protective disease the""".split()
)
"""Before a label these make it a clause's last word: "in the first week 2", "a risk factor 1"."""

UNITS = frozenset(
    """mg g kg mcg µg μg ug ng ml mL l L dl dL cm mm m nm mmol µmol μmol nmol pmol mol meq mEq iu IU u U units unit
    mmhg mmHg kpa kPa hz Hz mhz MHz gy Gy msv mSv kcal kj kJ cal h hr hrs min mins s sec secs ms d wk wks mo yr
    yrs y am pm AM PM °c °f °C °F percent days weeks months years hours minutes seconds times doses tablets
    capsules points day week month year hour minute or mg/kg mg/dl mg/dL mmol/l mmol/L ml/min mL/min g/day
    mg/day to x ×""".split()
)
"""A number before one of these is an amount."""

FOLLOWERS = frozenset(
    """is are was were has have had can may might should must will would does do did and but while whereas although
    though which who that because since as if when where with without among compared versus in for on during by
    from despite however thus therefore also reduce reduces reduced increase increases increased improve
    improves improved show shows showed suggest suggests remain remains recommend recommends recommended appear
    appears cause causes lead leads contribute contributes""".split()
)
"""A number between a noun and one of these may be a marker; it is kept as not sure."""

ABBREVIATIONS = frozenset(
    """e.g i.e eg ie vs cf ca al approx etc dr prof mr mrs ms st no nos fig figs ref refs eq eqs vol pp p ch ed eds
    est dept inc ltd jr sr spp sp var subsp max min avg resp incl excl aka a.k.a u.s u.k m.d ph.d b.i.d t.i.d
    q.i.d p.o i.v i.m s.c q.d q.h""".split()
)
"""A full stop after one of these need not end a sentence; lower-case and without the last stop."""

MAY_END = frozenset("etc al b.i.d t.i.d q.i.d p.o i.v i.m s.c q.d u.s u.k ph.d m.d min max no inc".split())
"""Of the abbreviations, those that do end a sentence where a capital word follows."""
