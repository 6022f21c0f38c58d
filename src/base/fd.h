/* fd.h - all of it, to and from an open file, whatever single calls take or give; and the names in
 * a folder. */
#ifndef TOC_BASE_FD_H
#define TOC_BASE_FD_H
#include <stdbool.h>
#include <stddef.h>

/* False with errno when not all of it could be written. */
bool toc_fd_write(int fd, const void *data, size_t len);
/* Reads until size bytes are there or the file ends; *got tells how many. False with errno. */
bool toc_fd_read(int fd, void *room, size_t size, size_t *got);
/* A new name is on the disk only once its folder is. The folder, and the one that the path's last
 * name lies in. False with errno. */
bool toc_sync_folder(const char *path);
bool toc_sync_parent(const char *path);
#endif
