# Third-party libraries, each as an interface target toc_dep_<name>.

find_package(PkgConfig REQUIRED)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

# With HEADERS: not linked.
function(toc_dependency name module)
  if(TARGET toc_dep_${name})
    return()
  endif()
  pkg_check_modules(DEP_${name} REQUIRED ${module})
  add_library(toc_dep_${name} INTERFACE)
  target_include_directories(toc_dep_${name} SYSTEM INTERFACE ${DEP_${name}_INCLUDE_DIRS})
  if(NOT ARGN STREQUAL "HEADERS")
    target_link_directories(toc_dep_${name} INTERFACE ${DEP_${name}_LIBRARY_DIRS})
    target_link_libraries(toc_dep_${name} INTERFACE ${DEP_${name}_LIBRARIES})
  endif()
endfunction()

# src/client/curl.c loads it when the first session over sockets opens.
toc_dependency(curl libcurl HEADERS)
toc_dependency(crypto libcrypto)
toc_dependency(pcre2 libpcre2-8)
toc_dependency(idn2 libidn2)
toc_dependency(psl libpsl)
toc_dependency(sqlite sqlite3)
if(TOC_PROGRAM OR TOC_TESTS)
  toc_dependency(microhttpd libmicrohttpd)
  toc_dependency(zlib zlib)
endif()
if(TOC_TESTS)
  toc_dependency(cmocka cmocka)
  toc_dependency(yajl yajl)
  toc_dependency(jansson jansson)
endif()

set(toc_client_deps toc_dep_curl toc_dep_crypto toc_dep_pcre2 toc_dep_idn2 toc_dep_psl m
    ${CMAKE_DL_LIBS})
set(toc_platform_deps toc_dep_sqlite Threads::Threads)
