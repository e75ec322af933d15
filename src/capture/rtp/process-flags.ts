/**
 * V8 flags for the process that records. A young generation in which a call's beginning finds room: what it needs for a moment
 * does not grow old. And an old one that is not collected before it has grown: V8 keeps its first limits just above what is in use,
 * and with buffers that live as long as a call it collected once a second, each time for some tens of milliseconds in which no INVITE
 * was answered (bench/README.md, invite-latency). It is collected beside the program as far as that goes; on the main thread alone
 * it stopped everything for a tenth of a second.
 */
export const captureProcessFlags = ['--max-semi-space-size=16', '--preconfigured-old-space-size=256'] as const

/**
 * Threads in which Node waits for files. Its own choice is four, and all syncs of all calls share them: a call that begins would
 * wait for those that end, and for the files of others that are synced by dozens. They wait, and cost next to nothing.
 */
export const captureFileThreads = 64
