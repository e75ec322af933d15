/**
 * V8 flags for the process that receives RTP. Every packet is a small short-lived buffer: collecting them on the main
 * thread in a young generation that fits a core's cache costs about an eighth less CPU a packet than V8's own choice
 * (bench/README.md).
 */
export const captureProcessFlags = ['--single-threaded-gc', '--max-semi-space-size=4'] as const
