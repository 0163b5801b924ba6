// What the allocator (jemalloc) does with memory that is freed: it overwrites it. So the buffers in which gRPC and TLS
// had plain content, which nobody else wipes, are wiped as soon as they are let go. The allocator reads this name when
// it starts, before main.

extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "junk:free";
}
