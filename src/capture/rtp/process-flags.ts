/**
 * V8 flags for the process that records. A young generation in which a call's beginning finds room: what it needs for a moment
 * does not grow old, and old memory is collected seldom. V8 does that beside the program; on the main thread alone, as was good
 * while every packet was a buffer, it stopped everything for a tenth of a second (bench/README.md, invite-latency).
 */
export const captureProcessFlags = ['--max-semi-space-size=16'] as const

/**
 * Threads in which Node waits for files. Its own choice is four, and all syncs of all calls share them: a call that begins would
 * wait for those that end, and for the files of others that are synced by dozens. They wait, and cost next to nothing.
 */
export const captureFileThreads = 64
