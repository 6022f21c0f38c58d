# Debian packages by CPack (tools/make-package): tocsin, libtocsin0.1, libtocsin-dev.

set(TOC_PACKAGE_CONTACT "Tocsin developers <tocsin@localhost>" CACHE STRING
    "Who answers for the packages, as Debian's field Maintainer says it")

set(soname ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "${TOC_PACKAGE_CONTACT}")
set(CPACK_PACKAGING_INSTALL_PREFIX ${CMAKE_INSTALL_PREFIX})
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program library development)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)

# Loaded when it is needed, so that the search for what is linked does not find it.
set(loaded "libcurl4 (>= ${DEP_curl_VERSION})")

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME tocsin)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "${loaded}")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION
"The program: imports, queries, filters and exports indicators and groups, looks
values up, finds indicators in texts, and serves a platform that existing
ThreatConnect clients use unmodified, embedded on SQLite or over HTTP.")
foreach(script postinst prerm postrm)
  list(APPEND CPACK_DEBIAN_PROGRAM_PACKAGE_CONTROL_EXTRA
       ${CMAKE_CURRENT_SOURCE_DIR}/contrib/debian/${script})
endforeach()

set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libtocsin${soname})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_DEPENDS "${loaded}")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION
"The client library: sessions, paged lists, objects, batches, import and output
formats; and a platform to embed.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libtocsin-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
# What a program needs that links the archives.
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libtocsin${soname} (= ${PROJECT_VERSION}), \
libidn2-dev, libpcre2-dev, libpsl-dev, libsqlite3-dev, libssl-dev")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
"Headers, which are the manual of the library, archives, and files for
pkg-config and CMake.")
include(CPack)
