# Flags every target gets: tocsin_flags for all code, tocsin_warnings for our own code.

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)

set(toc_warnings -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes
                 -Wmissing-prototypes)
if(TOC_WERROR)
  list(APPEND toc_warnings -Werror)
endif()

add_compile_options(${toc_warnings})
add_compile_definitions(_GNU_SOURCE)
add_link_options(-Wl,--as-needed)

if(TOC_HARDEN)
  add_compile_options(-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
  # What not every compiler or processor has: guards of the stack's end, and of jumps and returns.
  include(CheckCCompilerFlag)
  foreach(flag -fstack-clash-protection -fcf-protection=full -mbranch-protection=standard)
    string(MAKE_C_IDENTIFIER "toc_has${flag}" has)
    # Clang takes flags of other processors, and says that they are unused.
    set(CMAKE_REQUIRED_FLAGS -Werror)
    check_c_compiler_flag(${flag} ${has})
    unset(CMAKE_REQUIRED_FLAGS)
    if(${has})
      add_compile_options(${flag})
    endif()
  endforeach()
endif()

if(TOC_LTO AND CMAKE_C_COMPILER_ID STREQUAL "GNU")
  # Fat objects keep the installed static archives usable with any linker.
  add_compile_options(-flto=auto -ffat-lto-objects)
  add_link_options(-flto=auto)
endif()

if(TOC_SANITIZE)
  add_compile_options(-fsanitize=${TOC_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TOC_SANITIZE})
endif()

if(TOC_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "TOC_FUZZ needs clang (CC=clang)")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

if(TOC_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

if(TOC_ARENA_DEBUG)
  add_compile_definitions(TOC_ARENA_DEBUG=1)
endif()

# toc_sources(OUT PATTERN...) - the sources that exist now and the ones that appear later. A room
# without sources yields a placeholder, so that the build works at every stage.
set(toc_placeholder ${CMAKE_CURRENT_BINARY_DIR}/placeholder.c)
if(NOT EXISTS ${toc_placeholder})
  file(WRITE ${toc_placeholder} "typedef int toc__placeholder;\n")
endif()
function(toc_sources out)
  set(patterns ${ARGN})
  list(TRANSFORM patterns PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  file(GLOB found CONFIGURE_DEPENDS ${patterns})
  if(NOT found)
    set(found ${toc_placeholder})
  endif()
  set(${out} ${found} PARENT_SCOPE)
endfunction()
