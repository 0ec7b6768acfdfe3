# cistern_add_plugin(NAME <name> ENTRY <cpp> [CODE <cpp>...] [PUBLIC_HEADERS <h>...] [LINK <target>...])
#
# Makes a plugin out of one connector. Three targets:
#   cistern::<name>        INTERFACE  the headers an application includes; carries no code
#   cistern_<name>_code    OBJECT     everything but the entry file, for unit tests to link
#   cistern_plugin_<name>  MODULE     <build>/lib/cistern/plugins/<name>.so; nothing can link it
#
# ENTRY is the file with CISTERN_EXPORT_CONNECTOR. PUBLIC_HEADERS are below include/. LINK takes
# third-party targets. Usable inside the cistern tree and, after find_package(cistern), outside it;
# cmake --install puts the plugin and its headers where cistern looks for them.
#
# A symbol that is missing fails the link (-z defs) or the load (-z now), never a later call; a plugin
# shows its two exports and nothing else (CisternPlugin.map), whatever a static library brings in. A
# linked plugin ends with a digest of itself (CisternSeal.cmake), so installing must not rewrite it: it
# is built with the run path that it will be installed with.
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
    "LINKER:-z,defs" "LINKER:-z,now"
    "LINKER:--version-script=${CMAKE_CURRENT_FUNCTION_LIST_DIR}/CisternPlugin.map")
  set_property(TARGET cistern_plugin_${P_NAME} APPEND PROPERTY
    LINK_DEPENDS ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/CisternPlugin.map)
  set_target_properties(cistern_plugin_${P_NAME} PROPERTIES
    PREFIX "" SUFFIX ".so" OUTPUT_NAME ${P_NAME}
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/cistern/plugins
    INSTALL_RPATH "$ORIGIN/../.." BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH_USE_LINK_PATH ON)
  add_custom_command(TARGET cistern_plugin_${P_NAME} POST_BUILD VERBATIM
    COMMAND ${CMAKE_COMMAND} -D FILE=$<TARGET_FILE:cistern_plugin_${P_NAME}>
      -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/CisternSeal.cmake)
  _cistern_plugin_install(${P_NAME})
endfunction()

# The interface belongs to the package's targets only when cistern itself is built here.
function(_cistern_plugin_install name)
  include(GNUInstallDirs)
  install(TARGETS cistern_plugin_${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/cistern/plugins)
  get_target_property(header_sets cistern_${name} INTERFACE_HEADER_SETS)
  set(headers "")
  if(header_sets)
    set(headers FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  endif()
  if(TARGET cistern_framework)
    add_dependencies(cistern_plugin_${name} cistern_plugin_probe)
    install(TARGETS cistern_${name} EXPORT cisternTargets ${headers})
  elseif(header_sets)
    install(TARGETS cistern_${name} ${headers})
  endif()
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
