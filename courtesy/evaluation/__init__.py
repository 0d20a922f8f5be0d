"""Gold dialogues against what the program makes of them.

    gold, files      what was really said, and the sound of it
    conditions,      under which conditions it is heard, and how recordings are made worse
      degrade
    run              each dialogue along the program's ordinary road
    truth, claims,   what was said against what was claimed, turn by turn
      outcome
    summary          the figures of a condition, from `intervals`, `rules`, `hearing`,
                     `calibration`, `confusions` and `layers`
    against          two runs compared
    sections         what a report holds; `terminal`, `html` and `json_report` show it

`measure` compares one recording with its gold file, for the benches too. Heavy libraries (jiwer,
matplotlib) load on first use.
"""
