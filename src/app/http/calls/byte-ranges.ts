import type { FastifyReply } from 'fastify'

/** Parses a header with one byte range (RFC 9110 section 14.2); both ends are inclusive. Without a header: from byte 0. */
export function readRange(header: string | undefined): { from: number; to?: number } | 'invalid' {
  if (header === undefined) return { from: 0 }
  const match = /^bytes=(\d{1,12})-(\d{0,12})$/.exec(header.trim())
  if (!match) return 'invalid'
  const from = Number(match[1])
  if (!match[2]) return { from }
  const to = Number(match[2])
  return to < from ? 'invalid' : { from, to }
}

/** Sends a 206 with part of a WAV. */
export function sendRange(reply: FastifyReply, served: { bytes: Buffer; from: number; totalBytes: number }) {
  const last = served.from + served.bytes.length - 1
  return reply
    .code(206)
    .header('accept-ranges', 'bytes')
    .header('content-range', `bytes ${served.from}-${last}/${served.totalBytes}`)
    .type('audio/wav')
    .send(served.bytes)
}

/** Returns a signal that is aborted when the client disconnects. */
export function disconnectSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.on('close', () => controller.abort())
  return controller.signal
}
