"""From sound to utterances: decoding, voice activity, recognition, and a guard against inventions."""
