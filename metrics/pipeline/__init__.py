"""The night, one file per stage. Stages meet only through tables; `nightly` knows their order."""
