/**
 * V8 flags for the process that receives RTP. Every packet is a small short-lived buffer: collecting them on the main
 * thread in a young generation that fits a core's cache costs about an eighth less CPU a packet than V8's own choice
 * (bench/README.md).
 */
export const captureProcessFlags = ['--single-threaded-gc', '--max-semi-space-size=4'] as const

/**
 * Threads in which Node waits for files. Its own choice is four, and all syncs of all calls share them: a call that begins would
 * wait for those that end. They wait, and cost next to nothing.
 */
export const captureFileThreads = 16
