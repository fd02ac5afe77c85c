"""Passages → the sentences of a draft, no words twice, no claim without what disputes it.

A disagreement is shown by construction, not by score: whenever a sentence of a main text is quoted,
in whatever part, the facts that qualify or contradict it stand beside it, disputes first; and a
fact that disputes a claim brings the claim.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.types import Passage
from rag.quote.bearing import BRINGS_FIRST, UNSEEN, Bearings, introduced, said
from rag.quote.context import in_context, lead_context, with_context
from rag.types import Hit, Part, of_voice


@dataclass
class Writing(Bearings):
    """A draft as it is put together: no words twice, no claim without what disputes it."""

    def add(self, hits: Sequence[Hit], part: Part) -> None:
        """Quote these hits, each voice apart, the voice of the first of them first."""
        self.asked = {hit.passage for hit in hits}
        voices = dict.fromkeys(hit.source.voice for hit in hits)
        for voice in voices:
            if voice == "main":
                self.add_claims([hit.passage for hit in of_voice(hits, voice)], part)
            else:
                self.add_notes(of_voice(hits, voice), part)

    def add_claims(self, passages: Iterable[Passage], part: Part, *, alone: bool = False) -> None:
        """Quote passages of the main texts, the best paragraph first, with what bears on them.

        Unless they are quoted `alone`, with what they lean on and what leans on them.
        """
        groups: dict[tuple[str, int], list[Passage]] = {}
        for passage in passages:
            group = groups.setdefault((passage.source_id, passage.context_start), [])
            if alone:
                group.append(passage)
            else:
                context = lead_context if part == "lead" else in_context
                group += context(passage, self.neighbours)
        told = ""
        for group in groups.values():
            for quote in self.quotes(group):
                intro = introduced(self.corpus, quote.source_id)
                self.sentences.append(said(quote, "" if intro == told else intro, "essay", part))
                told = "" if self.add_bearing(self.within(quote), part) else intro

    def add_notes(self, hits: Sequence[Hit], part: Part) -> None:
        """Quote notes: those that dispute a claim bring it, the others are context."""
        for hit in hits:
            if hit.passage in self.quoted:
                continue
            claims = self.claims.disputed_by(hit.passage)
            if claims and not self.quoted & {*claims}:
                claim = max(claims, key=lambda passage: self.scores.get(passage, UNSEEN))
                for facts in self.claims.bearing_on(claim):
                    if facts.disputes and facts.holds(hit.passage):
                        self.add_facts(facts, BRINGS_FIRST, part)
                self.add_claims([claim], part, alone=True)
            else:
                self._add_note(hit, part)

    def _add_note(self, hit: Hit, part: Part) -> None:
        """Quote a note in the relation that is shown already, or as context with what it leans on.

        A fact that carries a relation is quoted alone: its neighbours may not carry it. One that
        disputes a claim is never context: it would be missing where the claim is quoted.
        """
        intro = introduced(self.corpus, hit.source.id)
        borne = next((facts.bearing for facts in self.borne if facts.holds(hit.passage)), None)
        if borne is None:
            context = lead_context if part == "lead" else with_context
            around = context(hit.passage, self.neighbours)
            undisputed = [one for one in around if not self.claims.disputed_by(one)]
            for quote in self.quotes(undisputed or [hit.passage]):
                self.sentences.append(said(quote, intro, "context", part))
        else:
            for quote in self.quotes([hit.passage]):
                self.sentences.append(said(quote, intro, borne.relation, part, borne.because))
