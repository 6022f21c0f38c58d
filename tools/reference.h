/* reference.h - documents whose tables cannot be seen beside those of the platform. */
#ifndef TOOLS_REFERENCE_H
#define TOOLS_REFERENCE_H

void toc__print_options(void);
#endif
