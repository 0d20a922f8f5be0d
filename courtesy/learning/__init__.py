"""What people's decisions teach about the lexicons; nothing is changed unless a person wants it.

    precision        how often each phrase was found rightly
    thresholds,      what might be changed: a phrase is to need more confidence, a wording is
      exclusions,    harmless, a wording is missing
      variants
    proposals        those of one phrase, each with its grounds
    changing         a proposal written into a list, and taken out again
    lists            the lists of a hall, and the same with one of them changed
    effects          what a change would do: to past talks, example sentences, gold dialogues
    gold             decisions as gold files, for `courtesy eval`

It takes and gives plain values (`courtesy.lessons`) and knows of no database.
"""
