"""Courtesy at service counters (政务服务窗口), heard and scored on the hall's own machine."""

__all__ = ["__version__"]

__version__ = "0.1.0"
