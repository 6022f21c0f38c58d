# examples/*.c: single files against the public headers.

file(GLOB toc_examples CONFIGURE_DEPENDS examples/*.c)
foreach(source IN LISTS toc_examples)
  get_filename_component(name ${source} NAME_WE)
  add_executable(example_${name} ${source})
  target_link_libraries(example_${name} PRIVATE tocsin_platform_static)
  target_include_directories(example_${name} PRIVATE include)
  set_target_properties(example_${name} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/examples)
endforeach()
