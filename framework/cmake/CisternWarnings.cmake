# cistern::warnings: what this project's own code is compiled with. Warnings are errors in the presets
# and never in a user's build.
add_library(cistern_warnings INTERFACE)
add_library(cistern::warnings ALIAS cistern_warnings)
target_compile_options(cistern_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast)
# Where sources are compiled joined, GCC takes each of them for a header and warns of its unnamed types.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(cistern_warnings INTERFACE
    $<$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>:-Wno-subobject-linkage>)
endif()
