# The one program. src/cli sees the public headers and its own, nothing else.

toc_room_objects(tocsin_server_objs ROOMS server
                 DEPS ${toc_client_deps} ${toc_platform_deps} toc_dep_microhttpd toc_dep_zlib)

if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/src/cli/main.c)
  toc_sources(toc_cli_sources src/cli/*.c)
  list(FILTER toc_cli_sources EXCLUDE REGEX "/main\\.c$")
  # Its tables are read by the reference documents and by a test as well.
  add_library(tocsin_cli_objs OBJECT ${toc_cli_sources})
  target_include_directories(tocsin_cli_objs PRIVATE include)
  target_link_libraries(tocsin_cli_objs PRIVATE tocsin_platform_static toc_dep_microhttpd
                        toc_dep_zlib)
  set(toc_program_objects $<TARGET_OBJECTS:tocsin_cli_objs> $<TARGET_OBJECTS:tocsin_server_objs>)
  add_executable(tocsin src/cli/main.c ${toc_program_objects})
  target_include_directories(tocsin PRIVATE include)
  target_link_libraries(tocsin PRIVATE tocsin_platform_static toc_dep_microhttpd toc_dep_zlib)

  # The program prints its own completion scripts.
  set(toc_completions "")
  foreach(shell bash zsh fish)
    set(script ${CMAKE_CURRENT_BINARY_DIR}/completions/tocsin.${shell})
    add_custom_command(OUTPUT ${script}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/completions
      COMMAND sh -c "\"$0\" completion ${shell} >\"$1\"" $<TARGET_FILE:tocsin> ${script}
      DEPENDS tocsin VERBATIM)
    list(APPEND toc_completions ${script})
  endforeach()
  add_custom_target(completions ALL DEPENDS ${toc_completions})
endif()
