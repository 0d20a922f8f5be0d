"""What `courtesy score` wrote with --json, --jsonl or --out; nothing is judged anew."""

from courtesy.results.reading import Results, read_results

__all__ = ["Results", "read_results"]
