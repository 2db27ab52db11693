"""Regular expressions for what a sentence of an abstract says: that it gives code away, states a problem, a finding…

Written by hand while reading abstracts; what the `CUES` weigh for each slot is fitted (`store.summaries.model`).
"""

from __future__ import annotations

import re

_ARTEFACT = (
    r"(?:codes?|codebase|software|implementations?|data|datasets?|corpus|corpora|models?|checkpoints?|weights|"
    r"benchmarks?|toolkits?|toolbox|librar(?:y|ies)|packages?|demos?|videos?|scripts?|materials?|website|tools?|"
    r"framework|prompts|annotations|leaderboard|resources?|projects?)"
)
_LOCATION = (
    r"(?:online|here|soon|for download|upon|under|on request|on our|by anonymous|(?:at|on|from|via|through|in) "
    r"(?:https?|www|github|gitlab|our|this|the (?:following|project|authors|supplement\w*)|\S+\.\w))"
)
RESOURCE = re.compile(
    r"https?://|\bwww\.\w|\b(?:github|gitlab|huggingface|zenodo|figshare|bitbucket|sourceforge)\.\w"
    rf"|\b{_ARTEFACT}\b[^.;]{{0,80}}\b(?:is|are|be|been|was|were) (?:\w+ ){{0,2}}"
    r"(?:(?:publicly|freely|openly) available|made available|released|open-?sourced)\b"
    rf"|\b{_ARTEFACT}\b[^.;]{{0,80}}\b(?:is|are|be) (?:\w+ ){{0,2}}(?:available|accessed|downloaded|found)\b"
    rf"[^.;]{{0,30}}\b{_LOCATION}"
    rf"|^(?:our |the |all |source )*{_ARTEFACT}\b[^.;]{{0,40}} (?:is|are|will be) (?:\w+ )?available\W*$"
    rf"|\bwe\b[^.;]{{0,60}}\b(?:releas(?:e|ed|ing)|publish|share)\b[^.;]{{0,100}}\b{_ARTEFACT}\b"
    rf"|\bwe (?:have |will |also |fully |further )*open-?sourced?\b[^.;]{{0,100}}\b{_ARTEFACT}\b"
    rf"|\bwe\b[^.;]{{0,40}}\b(?:make|made)\b[^.;]{{0,80}}\b{_ARTEFACT}\b[^.;]{{0,60}}\bavailable\b",
    re.IGNORECASE,
)
"""Code, data or another artefact is given away or linked to, not only mentioned."""
FINDING = re.compile(
    r"\b(?:outperform|surpass|exceed|achiev|attain|improv|reduc|increas|decreas|gain|significant|superior|better|best"
    r"|faster|higher|lower|fewer|state-of-the-art|competitive|comparable|effective|accura|confirm|verif)\w*"
    r"|\b(?:conclude|conclusions?|findings?|results?|(?:was|were) found|(?:is|are) shown)\b",
    re.IGNORECASE,
)
"""Words of a finding; weak evidence, since a method can be "better" in its own description."""
EXPLICIT_FINDING = re.compile(
    r"\b(?:we|results?|experiments?|evaluations?|findings?|stud(?:y|ies)|analys[ei]s|tests?|simulations?|comparisons?)\b"
    r"[^.;:]{0,60}\b(?:show|find|found|demonstrate|indicate|suggest|reveal|confirm|prove|observe|conclude)\w*",
    re.IGNORECASE,
)
"""Somebody or something shows, finds or demonstrates."""
_MEASURED = r"(?:\d ?(?:%|percent\b|points?\b|x\b|×|-?fold\b|dB\b|ms\b)|(?<![\w.-])\d++\.\d++(?![\w.-]*[A-Za-z]))"
MEASUREMENT = re.compile(_MEASURED)
"""A percentage, a factor, a decimal number or a value with a unit; no version and no name such as `GPT-3.5`."""
MEASURED_CHANGE = re.compile(
    rf"\bfrom\b[^;()]{{0,40}}?{_MEASURED}[^;()]{{0,40}}?\bto\b[^.;()]{{0,20}}\d|\bby\b[^.;()]{{0,30}}?{_MEASURED}"
)
"""A change with its size, `from 4.8% to 42.4%` or `by 12 points`: what the paper's own work does, as it is headlined.

Figures of rivals are given as they are, mostly in brackets behind a name."""
PROBLEM = re.compile(
    r"\b(?:however|unfortunately|despite|challeng\w*|difficult\w*|lacks?|lacking|limit\w*|fail\w*|struggl\w*|suffer\w*"
    r"|insufficien\w*|inadequa\w*|unable|cannot|impractical|expensive|costly|scarc\w*|hinder\w*|overlook\w*|neglect\w*"
    r"|unclear|unknown|inefficien\w*|vulnerab\w*|unreliab\w*|deficien\w*|drawbacks?|shortcomings?|bottlenecks?"
    r"|understudied|unexplored|saturate\w*|gaps?|poor\w*|prone|little|rarely|open (?:question|problem))\b",
    re.IGNORECASE,
)
"""Words that state a problem or a gap."""
CONTRAST = re.compile(r"^(?:however|unfortunately|despite|yet|but|nevertheless)\b|\bhowever\b", re.IGNORECASE)
"""The turn from what is known to what is missing."""
WEAK_PROBLEM = re.compile(
    r"\b(?:but|yet|although|though|nevertheless|hard|harder|problems?|issues?|absence|ignor\w*|misleading|misinformation"
    r"|risks?|harm\w*|threat\w*|errors?|obstacles?|impediments?|necessit\w*|crucial|critical|conflicts?|in spite of"
    r"|negative(?:ly)? (?:affect|impact|influenc)\w*|degrad\w*|imbalanced?|concerns|still|time-consuming|tedious"
    r"|labou?r-intensive|manually|not (?:yet )?been|hampers?|prevents?|restrict(?:s|ed)?|impedes?)\b",
    re.IGNORECASE,
)
"""Words that often, but not always, state a problem."""
OWN_WORK = re.compile(
    r"^(?:we|our)\b|\bwe (?!lack\b)\w+|\b(?:this|the present) (?:paper|work|survey|study|article|report)\b",
    re.IGNORECASE,
)
"""The sentence is about the paper itself."""
SURVEY = re.compile(
    r"\b(?:this|our|the present) (?:\w+ )?(?:survey|review|overview|tutorial)\b|\bwe (?:survey|review)\b", re.IGNORECASE
)
"""The paper calls itself a survey."""
SURVEY_TITLE = re.compile(r"\b(?:survey|review|overview|tutorial)\b", re.IGNORECASE)
"""A title of a survey."""
CUES = {
    "finding": FINDING,
    "explicit finding": EXPLICIT_FINDING,
    "measurement": MEASUREMENT,
    "problem": PROBLEM,
    "contrast": CONTRAST,
    "weak problem": WEAK_PROBLEM,
    "own work": OWN_WORK,
}
"""The cues that are features of a sentence, by the names of their weights."""
