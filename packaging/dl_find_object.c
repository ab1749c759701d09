/* GCC's unwinder, as Debian builds it, asks glibc's _dl_find_object for the unwind table of the code at an address. musl has
   no such function. build.sh adds this one to the unwinder, so that a static program can catch panics. */
#define _GNU_SOURCE
#include <link.h>
#include <stdint.h>

/* As in glibc's <dlfcn.h>, on x86-64. The unwinder reads `eh_frame` only. */
struct dl_find_object {
  unsigned long long flags;
  void *map_start;
  void *map_end;
  struct link_map *link_map;
  void *eh_frame;
  unsigned long long reserved[7];
};

struct search {
  uintptr_t address;
  struct dl_find_object *result;
};

static int visit(struct dl_phdr_info *object, size_t size, void *data) {
  struct search *search = data;
  int inside = 0;
  void *table = 0;
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
    uintptr_t start = object->dlpi_addr + segment->p_vaddr;
    if (segment->p_type == PT_LOAD && search->address - start < segment->p_memsz) inside = 1;
    if (segment->p_type == PT_GNU_EH_FRAME) table = (void *)start;
  }
  if (!inside || !table) return 0;
  search->result->eh_frame = table;
  return 1;
}

int _dl_find_object(void *address, struct dl_find_object *result) {
  struct search search = {(uintptr_t)address, result};
  return dl_iterate_phdr(visit, &search) ? 0 : -1;
}
