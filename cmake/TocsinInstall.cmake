# Libraries, headers, program, pkg-config files, CMake package, manual pages.

include(CMakePackageConfigHelpers)
set(toc_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Tocsin)

set_target_properties(tocsin_static PROPERTIES EXPORT_NAME tocsin_static)
set(toc_installed tocsin_static tocsin_platform_static)
if(TARGET tocsin_shared)
  list(APPEND toc_installed tocsin_shared tocsin_platform_shared)
endif()
install(TARGETS ${toc_installed} EXPORT TocsinTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library
          NAMELINK_COMPONENT development)
if(TARGET tocsin)
  install(TARGETS tocsin RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
endif()
# The server is part of the program, not of the libraries: its header stays here.
install(DIRECTORY include/tocsin DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development
  FILES_MATCHING PATTERN "*.h" PATTERN server.h EXCLUDE)
install(EXPORT TocsinTargets NAMESPACE Tocsin:: DESTINATION ${toc_package_dir}
        COMPONENT development)

configure_package_config_file(cmake/TocsinConfig.cmake.in TocsinConfig.cmake
  INSTALL_DESTINATION ${toc_package_dir})
write_basic_package_version_file(TocsinConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/TocsinConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/TocsinConfigVersion.cmake
        DESTINATION ${toc_package_dir} COMPONENT development)

foreach(pc tocsin tocsin-platform)
  configure_file(cmake/${pc}.pc.in ${pc}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${pc}.pc
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
endforeach()

if(TARGET tocsin)
  file(GLOB toc_manuals CONFIGURE_DEPENDS docs/man/*.1)
  install(FILES ${toc_manuals} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)
  # Where a unit belongs is for packages to say; else it is for administrators to copy.
  option(TOC_DEBIAN_PATHS "Unit and completion where Debian's packages have them" OFF)
  if(TOC_DEBIAN_PATHS)
    set(unit_dir lib/systemd/system)
    set(zsh_dir ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
  else()
    set(unit_dir ${CMAKE_INSTALL_DOCDIR})
    set(zsh_dir ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  endif()
  file(READ contrib/systemd/tocsin.service unit)
  string(REPLACE /usr/local/bin/ ${CMAKE_INSTALL_FULL_BINDIR}/ unit "${unit}")
  file(GENERATE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/tocsin.service CONTENT "${unit}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS contrib/systemd/tocsin.service)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/tocsin.service DESTINATION ${unit_dir}
          COMPONENT program)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/completions/tocsin.bash RENAME tocsin
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT program)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/completions/tocsin.zsh RENAME _tocsin
          DESTINATION ${zsh_dir} COMPONENT program)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/completions/tocsin.fish
          DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT program)
endif()
