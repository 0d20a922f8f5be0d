"""From sound to utterances: decoding, voice activity, recognition, a guard against inventions."""
