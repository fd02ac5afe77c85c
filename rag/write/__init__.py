"""An answer in a language model's words, checked sentence by sentence."""
