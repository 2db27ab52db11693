"""A language model behind OpenAI's chat interface: vLLM, Ollama or a hosted one. Needs the extra `llm`."""

from __future__ import annotations

from pydantic import BaseModel

from seeds.services.model_client import REST, TIMEOUT, ModelClient

LARGEST_ANSWER = 64_000
"""Bytes of an answer."""
MOST_TOKENS = 700
"""Tokens of an answer; by choice, above what four short sentences in JSON take."""


class _Message(BaseModel):
    content: str


class _Choice(BaseModel):
    message: _Message


class _Answer(BaseModel):
    choices: list[_Choice]


class LanguageModel:
    """One model at one address."""

    def __init__(
        self, base_url: str, model: str, api_key: str | None = None, *, timeout: float = TIMEOUT, rest: float = REST
    ) -> None:
        """`timeout` and `rest` are in seconds. Raises `LanguageModelMissingError` without the extra."""
        self.model = model
        self._client = ModelClient("the language model", base_url, api_key, timeout=timeout, rest=rest)

    async def ask(self, instructions: str, question: str) -> str | None:
        """The reply's text, at temperature 0; None where there is none in time or the model rests."""
        answer = await self._client.ask(
            lambda client: client.chat.completions.with_streaming_response.create(
                model=self.model,
                messages=[{"role": "system", "content": instructions}, {"role": "user", "content": question}],
                response_format={"type": "json_object"},
                temperature=0,
                seed=0,
                max_tokens=MOST_TOKENS,
            ),
            _Answer.model_validate_json,
            LARGEST_ANSWER,
        )
        return answer.choices[0].message.content if answer and answer.choices else None

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.close()
