# Tests register themselves: a file in tests/<kind>/ is the test <kind>_<file>.

set(toc_test_env "TOC_SOURCE_DIR=${CMAKE_CURRENT_SOURCE_DIR}"
                 "XDG_STATE_HOME=${CMAKE_CURRENT_BINARY_DIR}/tests/state"
                 "UBSAN_OPTIONS=print_stacktrace=1"
                 "TSAN_OPTIONS=halt_on_error=1"
                 "LC_ALL=C" "TZ=UTC")
# The settings and proxies of whoever builds are not those of the tests; empty is as good as none.
foreach(name TC_API_PATH TC_API_ACCESS_ID TC_API_SECRET_KEY TC_TOKEN TC_TOKEN_EXPIRES TC_OWNER
             TC_PROXY_HOST TC_PROXY_PORT TC_PROXY_USERNAME TC_PROXY_PASSWORD TOCSIN_PROFILE
             http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY)
  list(APPEND toc_test_env "${name}=")
endforeach()
if(TARGET tocsin)
  list(APPEND toc_test_env "TOCSIN=$<TARGET_FILE:tocsin>")
endif()

# A library in which system calls fail, for programs that tests start. The sanitizer for threads
# cannot do without its own calls; the others stand behind this one's.
if(NOT TOC_SANITIZE MATCHES "thread|memory")
  set(toc_fault_sources tests/faults/interpose.c)
  if(NOT TOC_SANITIZE) # they have an allocator of their own
    list(APPEND toc_fault_sources tests/faults/memory.c)
  endif()
  add_library(toc_faults MODULE ${toc_fault_sources})
  target_link_libraries(toc_faults PRIVATE ${CMAKE_DL_LIBS})
  # Its functions are those that the C library's checking headers would replace. (SHELL: CMake would
  # take the flag for a repetition of the one that hardened builds have.)
  target_compile_options(toc_faults PRIVATE -fvisibility=default "SHELL:-U_FORTIFY_SOURCE")
  if(TOC_SANITIZE)
    target_compile_options(toc_faults PRIVATE -fno-sanitize=all)
    target_link_options(toc_faults PRIVATE -fno-sanitize=all)
  endif()
  list(APPEND toc_test_env "TOC_FAULTS=$<TARGET_FILE:toc_faults>")
endif()

# The time is for what hangs: under the thread sanitizer, on a busy machine, two minutes are not
# enough for what takes some seconds.
function(toc_test_settings name)
  set_tests_properties(${name} PROPERTIES
    TIMEOUT 900 ENVIRONMENT "${toc_test_env}"
    WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
endfunction()

# What tests share: the server (so that wire tests run both ends in one process) and support code.
set(toc_test_objects "")
if(TARGET tocsin_server_objs)
  set(toc_test_objects $<TARGET_OBJECTS:tocsin_server_objs>)
endif()
file(GLOB toc_test_support CONFIGURE_DEPENDS tests/support/*.c)
set(toc_test_deps tocsin_platform_static toc_dep_microhttpd toc_dep_zlib toc_dep_cmocka
                  toc_dep_yajl toc_dep_jansson Threads::Threads)
add_library(tocsin_test_objs OBJECT ${toc_test_support} ${toc_placeholder})
target_include_directories(tocsin_test_objs PRIVATE include src tests)
target_link_libraries(tocsin_test_objs PRIVATE ${toc_test_deps})

foreach(kind unit table wire misuse)
  file(GLOB toc_tests CONFIGURE_DEPENDS tests/${kind}/*.c)
  if(NOT TARGET tocsin_cli_objs)
    list(FILTER toc_tests EXCLUDE REGEX "table/verbs\\.c$")
  endif()
  foreach(source IN LISTS toc_tests)
    get_filename_component(base ${source} NAME_WE)
    set(name ${kind}_${base})
    add_executable(${name} ${source} $<TARGET_OBJECTS:tocsin_test_objs> ${toc_test_objects})
    target_include_directories(${name} PRIVATE include src tests)
    target_link_libraries(${name} PRIVATE ${toc_test_deps})
    set_target_properties(${name} PROPERTIES
      RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/tests)
    if(name STREQUAL table_verbs) # the program's tables
      target_sources(${name} PRIVATE $<TARGET_OBJECTS:tocsin_cli_objs>)
    endif()
    add_test(NAME ${name} COMMAND ${name})
    toc_test_settings(${name})
  endforeach()
endforeach()

# Fuzz targets: with libFuzzer in the fuzz build, else a plain driver over the corpus.
set(toc_fuzz_driver ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/driver.c)
file(GLOB toc_fuzzers CONFIGURE_DEPENDS fuzz/fuzz_*.c)
foreach(source IN LISTS toc_fuzzers)
  get_filename_component(name ${source} NAME_WE)
  string(REGEX REPLACE "^fuzz_" "" subject ${name})
  set(corpus ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus/${subject})
  if(TOC_FUZZ)
    add_executable(${name} ${source})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    add_test(NAME ${name} COMMAND ${name} -runs=0 ${corpus})
  elseif(EXISTS ${toc_fuzz_driver})
    add_executable(${name} ${source} ${toc_fuzz_driver})
    add_test(NAME ${name} COMMAND ${name} ${corpus})
  else()
    continue()
  endif()
  target_include_directories(${name} PRIVATE include src fuzz)
  target_link_libraries(${name} PRIVATE tocsin_platform_static)
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/fuzz)
  toc_test_settings(${name})
endforeach()

if(TARGET tocsin)
  file(GLOB toc_cases CONFIGURE_DEPENDS tests/cli/*.case)
  foreach(source IN LISTS toc_cases)
    get_filename_component(base ${source} NAME_WE)
    add_test(NAME cli_${base}
             COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/tools/run-cli-test ${source})
    toc_test_settings(cli_${base})
  endforeach()
endif()

if(TARGET tocsin AND TOC_EXAMPLES)
  toc_example_tests()
endif()

# What the documents show is what comes out.
if(TARGET tocsin)
  file(GLOB toc_documents CONFIGURE_DEPENDS README.md docs/tutorial.md docs/cookbook.md
       docs/operations.md)
  foreach(source IN LISTS toc_documents)
    get_filename_component(base ${source} NAME_WE)
    string(TOLOWER ${base} base)
    add_test(NAME docs_${base} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/tools/run-docs ${source})
    toc_test_settings(docs_${base})
  endforeach()
endif()

add_test(NAME table_porting COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/tools/check-porting)
toc_test_settings(table_porting)

# Reference documents are printed from the tables.
add_executable(toc_reference tools/reference.c tools/reference_options.c)
target_include_directories(toc_reference PRIVATE include src tools)
target_link_libraries(toc_reference PRIVATE tocsin_platform_static)
if(TARGET tocsin)
  target_sources(toc_reference PRIVATE tools/reference_cli.c ${toc_program_objects})
  target_compile_definitions(toc_reference PRIVATE TOC_WITH_PROGRAM)
  target_link_libraries(toc_reference PRIVATE toc_dep_microhttpd toc_dep_zlib)
endif()
set_target_properties(toc_reference PROPERTIES OUTPUT_NAME reference
  RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/tools)
add_test(NAME table_reference
         COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/tools/check-reference ${CMAKE_CURRENT_BINARY_DIR})
toc_test_settings(table_reference)

# One target per kind, for builds that want only some.
foreach(kind unit table wire misuse)
  get_property(all_targets DIRECTORY PROPERTY BUILDSYSTEM_TARGETS)
  list(FILTER all_targets INCLUDE REGEX "^${kind}_")
  add_custom_target(tests_${kind})
  if(TARGET tocsin)
    add_dependencies(tests_${kind} tocsin)
  endif()
  if(TARGET toc_faults)
    add_dependencies(tests_${kind} toc_faults)
  endif()
  if(all_targets)
    add_dependencies(tests_${kind} ${all_targets})
  endif()
endforeach()
