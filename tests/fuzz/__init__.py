"""Whatever bytes come in by a door, an answer or an error of fx comes out: `targets`, the corpus, short and long runs."""
