# SPDX-License-Identifier: GPL-2.0-only
# Sphinx reads this; `make docs` runs it on a copy of this folder under build/docs/src,
# where what is generated (figures, the driver's kernel-doc) lies beside the pages.
project = "pvpanic-guest"
copyright = "the pvpanic-guest developers"
root_doc = "index"
html_theme = "alabaster"
html_theme_options = {"page_width": "60em", "description": "a guest that panics tells its host"}
html_copy_source = False
smartquotes = False
primary_domain = "c"
highlight_language = "none"
nitpicky = True
# Types of the kernel's, which the driver's kernel-doc names and nobody here defines.
nitpick_ignore = [("c:identifier", name) for name in ("bool", "device", "device_driver", "int", "pvpanic", "pvpanic_wrpt", "u64")]

# :scenario:`name` names a section of selftests/vm/scenarios/; `make check-docs` looks for it there.
rst_prolog = """
.. role:: scenario(literal)
"""
