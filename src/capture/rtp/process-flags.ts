/**
 * V8 flags for the capture process. `--max-semi-space-size`: the young generation is large enough for the start of a call, so
 * that temporary objects are not promoted. `--preconfigured-old-space-size`: the old generation may grow before it is
 * collected. V8's default limit is just above the memory in use; with buffers that live as long as a call it collected once a
 * second, and each time blocked INVITEs for tens of milliseconds (bench/README.md, invite-latency). Concurrent collection stays
 * enabled: without it each collection stopped everything for 100 ms.
 */
export const captureProcessFlags = ['--max-semi-space-size=16', '--preconfigured-old-space-size=256'] as const

/**
 * Size of Node's thread pool for file operations. The default is four threads for the syncs of all calls, so that the start of
 * a call would wait for dozens of other syncs. The threads mostly wait and cost very little.
 */
export const captureFileThreads = 64
