#ifndef ENVEJ_CERTS_PRIVATE_MEMORY_H_
#define ENVEJ_CERTS_PRIVATE_MEMORY_H_

namespace envej::certs {

// For a program that handles keys or content, before it reads any: from now on no crash writes its memory to a file or
// hands it to a crash handler, and nobody but root may look into it (prctl(2), PR_SET_DUMPABLE; /proc/PID/mem and
// ptrace). Programs that it starts may be looked into, but write no core either.
void KeepMemoryPrivate();

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_PRIVATE_MEMORY_H_
