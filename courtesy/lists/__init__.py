"""Lists of phrases and the rubric as texts: found, checked, searched and changed by people."""
