# libtocsin holds the SDK. libtocsin-platform holds the platform: its archive comes on top of
# libtocsin.a; its shared form is a superset of libtocsin.so (one copy of every global), so a
# program links one of the two shared libraries, never both.

set(toc_client_rooms base model filter auth client intel batch extract format)
set(toc_platform_rooms store platform)

function(toc_room_sources out)
  set(patterns ${ARGN})
  list(TRANSFORM patterns REPLACE "(.+)" "src/\\1/*.c")
  toc_sources(found ${patterns})
  set(${out} ${found} PARENT_SCOPE)
endfunction()

function(toc_room_objects target)
  cmake_parse_arguments(arg "" "" "ROOMS;DEPS" ${ARGN})
  toc_room_sources(sources ${arg_ROOMS})
  add_library(${target} OBJECT ${sources})
  target_include_directories(${target} PRIVATE include src)
  target_link_libraries(${target} PRIVATE ${arg_DEPS})
endfunction()

toc_room_objects(tocsin_objs ROOMS ${toc_client_rooms} DEPS ${toc_client_deps})
toc_room_objects(tocsin_platform_objs ROOMS ${toc_platform_rooms}
                 DEPS ${toc_client_deps} ${toc_platform_deps})

function(toc_public_includes target)
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endfunction()

# The archives name their dependencies plainly, so that the installed package can repeat them.
add_library(tocsin_static STATIC $<TARGET_OBJECTS:tocsin_objs>)
set_target_properties(tocsin_static PROPERTIES OUTPUT_NAME tocsin LINKER_LANGUAGE C)
target_link_libraries(tocsin_static PUBLIC
  "$<BUILD_INTERFACE:${toc_client_deps}>" "$<INSTALL_INTERFACE:crypto;pcre2-8;idn2;psl;m;${CMAKE_DL_LIBS}>")
toc_public_includes(tocsin_static)

add_library(tocsin_platform_static STATIC $<TARGET_OBJECTS:tocsin_platform_objs>)
set_target_properties(tocsin_platform_static PROPERTIES
  OUTPUT_NAME tocsin-platform EXPORT_NAME platform_static LINKER_LANGUAGE C)
target_link_libraries(tocsin_platform_static PUBLIC tocsin_static
  "$<BUILD_INTERFACE:${toc_platform_deps}>" "$<INSTALL_INTERFACE:sqlite3;pthread>")
toc_public_includes(tocsin_platform_static)

set(toc_map ${CMAKE_CURRENT_SOURCE_DIR}/cmake/tocsin.map)
function(toc_shared target output)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${output} LINKER_LANGUAGE C LINK_DEPENDS ${toc_map}
    VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  target_link_options(${target} PRIVATE -Wl,--version-script=${toc_map} -Wl,-Bsymbolic)
  if(NOT TOC_SANITIZE AND NOT TOC_FUZZ)
    target_link_options(${target} PRIVATE -Wl,--no-undefined)
  endif()
  toc_public_includes(${target})
endfunction()

# Sanitized and fuzzing builds test the archives; shared forms would only cost time there.
if(NOT TOC_SANITIZE AND NOT TOC_FUZZ AND NOT TOC_COVERAGE)
  add_library(tocsin_shared SHARED $<TARGET_OBJECTS:tocsin_objs>)
  target_link_libraries(tocsin_shared PRIVATE ${toc_client_deps})
  set_target_properties(tocsin_shared PROPERTIES EXPORT_NAME tocsin)
  toc_shared(tocsin_shared tocsin)

  add_library(tocsin_platform_shared SHARED
    $<TARGET_OBJECTS:tocsin_objs> $<TARGET_OBJECTS:tocsin_platform_objs>)
  target_link_libraries(tocsin_platform_shared PRIVATE ${toc_client_deps} ${toc_platform_deps})
  set_target_properties(tocsin_platform_shared PROPERTIES EXPORT_NAME platform)
  toc_shared(tocsin_platform_shared tocsin-platform)
endif()
