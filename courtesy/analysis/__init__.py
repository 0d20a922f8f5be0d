"""Many judged interactions looked at together: what no single one of them can show.

    figures      means, intervals and tests: scipy's, chosen and put together
    groups       which interactions are compared with which
    even_handed  五个一样: is everybody treated alike, early or late, busy or quiet?
    sections     the same as tables and sentences
    json_report  for programs
    html         one self-contained page

It takes `courtesy.records.Judged` and does not know where they come from.
"""
