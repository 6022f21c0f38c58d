# The one program. src/cli sees the public headers and its own, nothing else.

toc_room_objects(tocsin_server_objs ROOMS server
                 DEPS ${toc_client_deps} ${toc_platform_deps} toc_dep_microhttpd toc_dep_zlib)

if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/src/cli/main.c)
  toc_sources(toc_cli_sources src/cli/*.c)
  add_executable(tocsin ${toc_cli_sources} $<TARGET_OBJECTS:tocsin_server_objs>)
  target_include_directories(tocsin PRIVATE include)
  target_link_libraries(tocsin PRIVATE tocsin_platform_static toc_dep_microhttpd toc_dep_zlib)
endif()
