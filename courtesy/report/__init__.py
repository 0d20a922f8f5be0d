"""Results as people and programs read them: terminal, JSON, CSV and one HTML page.

Every writer takes a `courtesy.records.Run`, a language and nothing else it would have to look up:
the same run gives the same text on every machine. `writing` alone touches the disk.

    json_report  the public contract `courtesy/1`
    csv_report   one row an interaction, for spreadsheets
    terminal     tables for people
    html         one self-contained page
    writing      a whole file or none

Heavy libraries (rich, jinja2) load when a writer is called, not when it is imported.
"""
