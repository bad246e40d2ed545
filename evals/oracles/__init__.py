"""Oracles: each looks at what came of a case and says what is wrong with it. No model judges; final states do."""
