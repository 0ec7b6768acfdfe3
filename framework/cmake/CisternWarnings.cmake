# cistern::warnings: what this project's own code is compiled with. Warnings are errors in the presets
# and never in a user's build.
add_library(cistern_warnings INTERFACE)
add_library(cistern::warnings ALIAS cistern_warnings)
target_compile_options(cistern_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast)
