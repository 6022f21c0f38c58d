# examples/*.c: single files against the public headers.

file(GLOB toc_examples CONFIGURE_DEPENDS examples/*.c)
# These read STIX, with libraries that otherwise only the tests need.
set(toc_stix_examples attack_load attack_compare)
if(NOT TARGET toc_dep_jansson OR NOT TARGET toc_dep_zlib)
  message(STATUS "attack_load and attack_compare are not built: they need jansson (TOC_TESTS)")
  list(FILTER toc_examples EXCLUDE REGEX "/attack_[a-z]+\\.c$")
endif()
add_custom_target(examples)
foreach(source IN LISTS toc_examples)
  get_filename_component(name ${source} NAME_WE)
  add_executable(example_${name} ${source})
  target_link_libraries(example_${name} PRIVATE tocsin_platform_static)
  target_include_directories(example_${name} PRIVATE include)
  set_target_properties(example_${name} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/examples)
  add_dependencies(examples example_${name})
  if(name IN_LIST toc_stix_examples)
    target_link_libraries(example_${name} PRIVATE toc_dep_jansson toc_dep_zlib)
  endif()
endforeach()

# Each example runs on a copy of a store that examples/data/fill makes once (TocsinTests).
# An example that needs what another one leaves there runs behind it.
set(toc_example_before_call_download call_upload)
set(toc_example_before_attack_compare attack_load)

function(toc_example_tests)
  set(store ${CMAKE_CURRENT_BINARY_DIR}/examples/store.db)
  add_test(NAME examples_store COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/examples/data/fill ${store})
  toc_test_settings(examples_store)
  set_tests_properties(examples_store PROPERTIES FIXTURES_SETUP examples_store)
  foreach(source IN LISTS toc_examples)
    get_filename_component(name ${source} NAME_WE)
    set(programs "")
    foreach(program ${toc_example_before_${name}} ${name})
      list(APPEND programs $<TARGET_FILE:example_${program}>)
    endforeach()
    add_test(NAME example_${name}
             COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/tools/run-example ${store}
                     ${CMAKE_CURRENT_SOURCE_DIR}/examples/expected/${name}.txt ${programs})
    toc_test_settings(example_${name})
    set_tests_properties(example_${name} PROPERTIES FIXTURES_REQUIRED examples_store)
    set_property(TEST example_${name} APPEND PROPERTY ENVIRONMENT
                 "STIX_BUNDLE=${CMAKE_CURRENT_SOURCE_DIR}/examples/data/attack_small.json")
  endforeach()
endfunction()
