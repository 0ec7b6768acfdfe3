# cistern_add_test(NAME <kind.subject> SOURCES <cpp>... [LINK <target>...] [TIMEOUT <seconds>])
#
# One Catch2 program; each of its cases is a CTest test called <kind.subject>.<case>, labelled <kind>.
function(cistern_add_test)
  cmake_parse_arguments(T "" "NAME;TIMEOUT" "SOURCES;LINK" ${ARGN})
  if(T_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "cistern_add_test: unknown arguments: ${T_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 60)
  endif()
  string(REGEX MATCH "^[a-z]+" kind ${T_NAME})
  string(REPLACE "." "_" target ${T_NAME})
  set(target test_${target})

  add_executable(${target} ${T_SOURCES})
  target_link_libraries(${target} PRIVATE cistern_test_main cistern::warnings ${T_LINK})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  catch_discover_tests(${target} TEST_PREFIX "${T_NAME}." DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS ${kind} TIMEOUT ${T_TIMEOUT} SKIP_RETURN_CODE 77)
endfunction()
