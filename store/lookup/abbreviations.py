"""Abbreviations that people type for what titles spell out, or the other way round.

Those of two or more words that are common in titles of computer science, statistics, physics and mathematics; the
abbreviations of a single work (`BERT`) are words of its title and need no list.
"""

from __future__ import annotations

from collections.abc import Sequence

_SPELT_OUT = """
ai artificial intelligence|agi artificial general intelligence|amr abstract meaning representation
asr automatic speech recognition|auc area under the curve|bci brain computer interface|cfd computational fluid dynamics
cfg context free grammar|clir cross lingual information retrieval|cmb cosmic microwave background
cnn convolutional neural network|cot chain of thought|crf conditional random field|cs compressed sensing
csp constraint satisfaction problem|cv computer vision|dl deep learning|dnn deep neural network|dp differential privacy
drl deep reinforcement learning|em expectation maximization|fl federated learning|fpga field programmable gate array
gan generative adversarial network|gcn graph convolutional network|gec grammatical error correction
gmm gaussian mixture model|gnn graph neural network|gp gaussian process|gpu graphics processing unit
hci human computer interaction|hmm hidden markov model|hpc high performance computing|icl in context learning
ie information extraction|iot internet of things|ir information retrieval|kb knowledge base|kg knowledge graph
kge knowledge graph embedding|lda latent dirichlet allocation|lfg lexical functional grammar|lhc large hadron collider
llm large language model|lm language model|lsa latent semantic analysis|lstm long short term memory
mcmc markov chain monte carlo|mcts monte carlo tree search|mdp markov decision process|ml machine learning
mllm multimodal large language model|mlm masked language model|moe mixture of experts|mrc machine reading comprehension
mri magnetic resonance imaging|mt machine translation|mtl multi task learning|mwe multi word expression
nas neural architecture search|nel named entity linking|ner named entity recognition|nerf neural radiance field
nlg natural language generation|nli natural language inference|nlp natural language processing
nlu natural language understanding|nmf non negative matrix factorization|nmt neural machine translation
nn neural network|ocr optical character recognition|ode ordinary differential equation|ood out of distribution
pca principal component analysis|pcfg probabilistic context free grammar|pde partial differential equation
plm pretrained language model|pos part of speech|ppo proximal policy optimization|qa question answering
qcd quantum chromodynamics|qft quantum field theory|rag retrieval augmented generation|rct randomized controlled trial
re relation extraction|rl reinforcement learning|rlhf reinforcement learning from human feedback
rnn recurrent neural network|rst rhetorical structure theory|rte recognizing textual entailment
sa sentiment analysis|sde stochastic differential equation|sgd stochastic gradient descent
slam simultaneous localization and mapping|slu spoken language understanding|smt statistical machine translation
snn spiking neural network|sota state of the art|srl semantic role labeling|ssl self supervised learning
sts semantic textual similarity|svd singular value decomposition|svm support vector machine|tag tree adjoining grammar
tts text to speech|uav unmanned aerial vehicle|ud universal dependencies|vae variational autoencoder
vit vision transformer|vlm vision language model|vqa visual question answering|vr virtual reality
wmt workshop on machine translation|wsd word sense disambiguation|xai explainable artificial intelligence
"""
_PHRASES: dict[str, tuple[str, ...]] = {
    short: tuple(phrase)
    for short, *phrase in (entry.split() for entry in _SPELT_OUT.replace("\n", "|").split("|") if entry)
}
_SHORT = {phrase: short for short, phrase in _PHRASES.items()}
_LONGEST = max(map(len, _SHORT))


def spelt_out(words: Sequence[str]) -> list[str] | None:
    """The words with every abbreviation spelt out; None where there is none."""
    made: list[str] = []
    for word in words:
        if phrase := _PHRASES.get(word):
            made += phrase
        elif word.endswith("s") and (phrase := _PHRASES.get(word[:-1])):
            made += [*phrase[:-1], phrase[-1] + "s"]
        else:
            made.append(word)
    return made if len(made) > len(words) else None


def shortened(words: Sequence[str]) -> list[str] | None:
    """The words with every phrase that has an abbreviation abbreviated; None where there is none."""
    made: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST, len(words) - at), 1, -1):
            phrase = tuple(words[at : at + length])
            short = _SHORT.get(phrase) or _plural(phrase)
            if short:
                made.append(short)
                at += length
                break
        else:
            made.append(words[at])
            at += 1
    return made if len(made) < len(words) else None


def _plural(phrase: tuple[str, ...]) -> str | None:
    last = phrase[-1]
    short = _SHORT.get((*phrase[:-1], last[:-1])) if last.endswith("s") else None
    return short + "s" if short else None
