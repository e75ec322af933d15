/**
 * V8 flags for the capture process. The young generation is large enough for the start of a call, so that its temporary objects
 * are not promoted. The old generation is not collected before it has grown: V8 starts with limits just above what is in use,
 * and with buffers that live as long as a call it collected once a second, each time blocking INVITEs for some tens of
 * milliseconds (bench/README.md, invite-latency). Collection is concurrent where possible; on the main thread only, it stopped
 * everything for a tenth of a second.
 */
export const captureProcessFlags = ['--max-semi-space-size=16', '--preconfigured-old-space-size=256'] as const

/**
 * Threads in which Node waits for files. The default is four, shared by all syncs of all calls: the start of a call would wait
 * for calls that end, and for other files that are synced by dozens. The threads mostly wait and cost next to nothing.
 */
export const captureFileThreads = 64
