"""Many judged interactions looked at together: what no single one of them can show.

    figures      means, intervals and tests: scipy's, chosen and put together
    groups       which interactions are compared with which
    even_handed  五个一样: is everybody treated alike, early or late, busy or quiet?
    members      clerks, windows and halls beside all of them; nobody is ranked
    trend        scores by day, week or month
    summary      all of it: the report before it is put into words and pictures
    facts        it in sentences;  tables  as tables;  pictures  where things stand in charts
    sections     五个一样 in sentences and tables
    terminal, html, workbook, csv_table, json_report   what is written

It takes `courtesy.collected.Collected` and does not know where that comes from.
"""
