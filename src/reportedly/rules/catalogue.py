"""All rules in one list: what files must be, what Table Schema says, and what it cannot say."""

from __future__ import annotations

from reportedly.rules import actors, chains, claims, constraints, dates, errata, figures, files, references, spans

# In the order in which they are listed.
ALL = (
    *files.RULES,
    constraints.TYPE,
    *constraints.OF_FIELDS,
    constraints.PRIMARY_KEY,
    references.FOREIGN_KEY,
    *constraints.OF_CELLS,
    spans.ORDER,
    spans.LENGTH,
    spans.WHOLE,
    chains.EXPLICIT_WORDS,
    chains.CUE_IN_SPAN,
    spans.FEW_WORDS,
    spans.EXTENT_WORDS,
    dates.VALID,
    dates.BOUNDS,
    dates.BASIS,
    figures.NUMBER_ORDER,
    figures.UNIT_OF_KIND,
    figures.VAGUE_WITHOUT_NUMBER,
    figures.NUMBER_GIVEN,
    figures.BOUNDS_OF_COMPARATOR,
    figures.PRECISION_OF_COMPARATOR,
    figures.COMPARATOR_OF_KIND,
    figures.DATE_OF_KIND,
    claims.ARTICLE_ONCE,
    claims.SHARED_SPAN_NOTED,
    actors.MEDIA_WITHOUT_COUNTRY,
    claims.MAKER_OBLIGED,
    claims.TOLD_ONCE,
    actors.UNNAMED_SCOPED,
    claims.SAME_ARTICLE,
    claims.LIMIT_POINTS,
    actors.PARENT_CIRCLE,
    claims.CONDITION_CIRCLE,
    errata.ERRATUM_KEY,
    errata.ERRATUM_SAID,
    errata.ERRATUM_REPLACES,
    chains.CHAIN_EXISTS,
    chains.CHAIN_HOPS,
    chains.CHAIN_ONCE,
    chains.CHAIN_END,
    chains.CHAIN_PUBLISHES,
    chains.HOLDER_FIRST,
    chains.CHAIN_RELATIONS,
    chains.SPEAKER_IN_CHAIN,
    claims.ARTICLE_USED,
    spans.INSIDE_ARTICLE,
    spans.WORDS_IN_CLAIM,
    spans.INNERMOST_CLAIM,
    spans.FIGURE_IN_QUOTATION,
    claims.DEMAND_FOR_CLAIM,
    references.ACTOR_USED,
    actors.UNNAMED_IN_ARTICLE,
    errata.ERRATUM_ROW,
    errata.ERRATUM_SUCCESSOR,
    errata.ERRATUM_CIRCLE,
)
RULES = {rule.name: rule for rule in ALL}


def rulebook() -> list[dict[str, str]]:
    """Return every rule and constraint that `validate` checks.

    Returns
    -------
    list of dict
        With ``rule``, ``kind`` (file, constraint, row or package) and ``sentence``. What frictionless finds besides goes by its own error types.
    """
    return [{"rule": rule.name, "kind": rule.kind, "sentence": rule.sentence} for rule in ALL]
