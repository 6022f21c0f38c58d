# Libraries, headers, program, pkg-config files, CMake package, manual pages.

include(CMakePackageConfigHelpers)
set(toc_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Tocsin)

set_target_properties(tocsin_static PROPERTIES EXPORT_NAME tocsin_static)
set(toc_installed tocsin_static tocsin_platform_static)
if(TARGET tocsin_shared)
  list(APPEND toc_installed tocsin_shared tocsin_platform_shared)
endif()
install(TARGETS ${toc_installed} EXPORT TocsinTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET tocsin)
  install(TARGETS tocsin RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
# The server is part of the program, not of the libraries: its header stays here.
install(DIRECTORY include/tocsin DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.h" PATTERN server.h EXCLUDE)
install(EXPORT TocsinTargets NAMESPACE Tocsin:: DESTINATION ${toc_package_dir})

configure_package_config_file(cmake/TocsinConfig.cmake.in TocsinConfig.cmake
  INSTALL_DESTINATION ${toc_package_dir})
write_basic_package_version_file(TocsinConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/TocsinConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/TocsinConfigVersion.cmake
        DESTINATION ${toc_package_dir})

foreach(pc tocsin tocsin-platform)
  configure_file(cmake/${pc}.pc.in ${pc}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${pc}.pc
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

file(GLOB toc_manuals CONFIGURE_DEPENDS docs/man/*.1)
install(FILES ${toc_manuals} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)

if(TARGET tocsin)
  # For administrators to copy: where units belong is not ours to say.
  install(FILES contrib/systemd/tocsin.service DESTINATION ${CMAKE_INSTALL_DOCDIR})
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/completions/tocsin.bash RENAME tocsin
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/completions/tocsin.zsh RENAME _tocsin
          DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/completions/tocsin.fish
          DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()
