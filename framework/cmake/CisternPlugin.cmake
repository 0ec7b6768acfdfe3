# cistern_add_plugin(NAME <name> ENTRY <cpp> [CODE <cpp>...] [PUBLIC_HEADERS <h>...] [LINK <target>...])
#
# Makes a plugin out of one connector. Three targets:
#   cistern::<name>        INTERFACE  the headers an application includes; carries no code
#   cistern_<name>_code    OBJECT     everything but the entry file, for unit tests to link
#   cistern_plugin_<name>  MODULE     <build>/lib/cistern/plugins/<name>.so; nothing can link it
#
# ENTRY is the file with CISTERN_EXPORT_CONNECTOR. PUBLIC_HEADERS are below include/. LINK takes
# third-party targets. Usable inside the cistern tree and, after find_package(cistern), outside it.
#
# A symbol that is missing fails the link (-z defs) or the load (-z now), never a later call; whatever
# a static library brings in stays inside the plugin (--exclude-libs).
function(cistern_add_plugin)
  cmake_parse_arguments(P "" "NAME;ENTRY" "PUBLIC_HEADERS;CODE;LINK" ${ARGN})
  if(P_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "cistern_add_plugin: unknown arguments: ${P_UNPARSED_ARGUMENTS}")
  endif()
  foreach(needed NAME ENTRY)
    if(NOT P_${needed})
      message(FATAL_ERROR "cistern_add_plugin: ${needed} is missing")
    endif()
  endforeach()

  add_library(cistern_${P_NAME} INTERFACE)
  add_library(cistern::${P_NAME} ALIAS cistern_${P_NAME})
  if(P_PUBLIC_HEADERS)
    target_sources(cistern_${P_NAME} INTERFACE
      FILE_SET HEADERS BASE_DIRS include FILES ${P_PUBLIC_HEADERS})
  endif()
  target_link_libraries(cistern_${P_NAME} INTERFACE cistern::framework)
  set_target_properties(cistern_${P_NAME} PROPERTIES EXPORT_NAME ${P_NAME})

  add_library(cistern_plugin_${P_NAME} MODULE ${P_ENTRY})
  set(parts cistern_${P_NAME} ${P_LINK})
  if(P_CODE)
    add_library(cistern_${P_NAME}_code OBJECT ${P_CODE})
    target_link_libraries(cistern_${P_NAME}_code PUBLIC ${parts})
    target_include_directories(cistern_${P_NAME}_code PUBLIC src)
    _cistern_plugin_compile(cistern_${P_NAME}_code)
    list(PREPEND parts cistern_${P_NAME}_code)
  endif()
  target_link_libraries(cistern_plugin_${P_NAME} PRIVATE ${parts} cistern::connector)
  _cistern_plugin_compile(cistern_plugin_${P_NAME})
  target_link_options(cistern_plugin_${P_NAME} PRIVATE
    "LINKER:-z,defs" "LINKER:-z,now" "LINKER:--exclude-libs,ALL")
  set_target_properties(cistern_plugin_${P_NAME} PROPERTIES
    PREFIX "" OUTPUT_NAME ${P_NAME}
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/cistern/plugins)
endfunction()

# A plugin shows nothing but its two exports: two plugins that both define `struct Config` must not
# share one.
function(_cistern_plugin_compile target)
  target_compile_features(${target} PRIVATE cxx_std_20)
  set_target_properties(${target} PROPERTIES
    POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  if(TARGET cistern::warnings)
    target_link_libraries(${target} PRIVATE cistern::warnings)
  endif()
endfunction()
