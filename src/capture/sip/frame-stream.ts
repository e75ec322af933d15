import { longHeaderName } from './header-names.ts'
import { messageLimits, type MessageLimits } from './parse-message.ts'
import { readDecimal } from './scan-text.ts'

/**
 * A unit of a stream. `ping` is the double CRLF of RFC 5626 4.4.1, to be answered with one CRLF. After `broken` the start of
 * the next message is unknown: answer `bytes` if possible, and close.
 */
export type Frame =
  { kind: 'message'; bytes: Buffer } | { kind: 'ping' } | { kind: 'broken'; reason: string; bytes: Buffer }

export interface StreamFramer {
  /** Adds bytes, and returns the frames that they complete, in order. After `broken` it returns no more frames. */
  push(chunk: Buffer): Frame[]
  /** True while a message is incomplete. */
  readonly partial: boolean
}

/** Splits a TCP or TLS stream into messages by Content-Length (RFC 3261 18.3). Linear for chunks of any size. */
export function createStreamFramer(limits: MessageLimits = messageLimits): StreamFramer {
  // Bytes [0, used) of `buffer` are not framed yet; the first `scanned` of them do not contain the end of the head.
  let buffer = Buffer.alloc(4096)
  let used = 0
  let scanned = 0
  let wanted = -1
  let isBroken = false

  const append = (chunk: Buffer) => {
    if (used + chunk.length > buffer.length) {
      const grown = Buffer.alloc(Math.max(buffer.length * 2, used + chunk.length))
      buffer.copy(grown, 0, 0, used)
      buffer = grown
    }
    chunk.copy(buffer, used)
    used += chunk.length
  }

  const breakOff = (frames: Frame[], reason: string, start: number, end = used) => {
    isBroken = true
    frames.push({ kind: 'broken', reason, bytes: Buffer.from(buffer.subarray(start, end)) })
    buffer = Buffer.alloc(0)
    used = 0
  }

  // Skips single line ends between messages; a double one is a ping. Returns where a message may begin, or -1 if that needs
  // more bytes.
  const skipLineEnds = (from: number, frames: Frame[]): number => {
    let at = from
    while (at < used) {
      const left = used - at
      if (buffer[at] === 0x0a) at++
      else if (buffer[at] !== 0x0d) return at
      else if (left >= 4 && buffer.toString('latin1', at, at + 4) === '\r\n\r\n') {
        frames.push({ kind: 'ping' })
        at += 4
      } else if (left < 4 && '\r\n\r\n'.startsWith(buffer.toString('latin1', at, used))) return at
      else at += 1
    }
    return at
  }

  const takeFrames = (): Frame[] => {
    const frames: Frame[] = []
    let start = 0
    while (start < used) {
      if (wanted < 0) {
        if (scanned === 0) {
          start = skipLineEnds(start, frames)
          if (start >= used || buffer[start] === 0x0d) break
        }
        const head = headEnd(buffer, start + scanned, used)
        if (head < 0) {
          // The last three bytes may be the beginning of the empty line.
          scanned = Math.max(1, used - start - 3)
          if (used - start > limits.messageBytes) breakOff(frames, 'Head too long', start)
          break
        }
        const length = contentLength(buffer.subarray(start, head))
        if (typeof length === 'string') {
          breakOff(frames, length, start, head)
          break
        }
        wanted = head - start + length
        if (wanted > limits.messageBytes) {
          breakOff(frames, 'Message Too Large', start, head)
          break
        }
      }
      if (used - start < wanted) break
      frames.push({ kind: 'message', bytes: Buffer.from(buffer.subarray(start, start + wanted)) })
      start += wanted
      wanted = -1
      scanned = 0
    }
    if (start > 0 && used > 0) {
      buffer.copy(buffer, 0, start, used)
      used -= start
    }
    return frames
  }

  return {
    push(chunk) {
      if (isBroken) return []
      append(chunk)
      return takeFrames()
    },
    get partial() {
      return !isBroken && used > 0
    },
  }
}

/** Returns the offset after the first empty line that ends in [from, end), or -1. */
function headEnd(bytes: Buffer, from: number, end: number): number {
  let at = from
  for (;;) {
    const newline = bytes.indexOf(0x0a, at)
    if (newline < 0 || newline >= end) return -1
    at = newline + 1
    if (at < end && bytes[at] === 0x0a) return at + 1
    if (at + 1 < end && bytes[at] === 0x0d && bytes[at + 1] === 0x0a) return at + 2
  }
}

/**
 * Returns the length of the body, or the reason why it is unknown. A stream's message must have Content-Length (20.14). Without
 * one it has no body, unless it has a Content-Type.
 */
function contentLength(head: Buffer): number | string {
  let length: number | undefined
  let hasType = false
  for (const line of head.toString('latin1').split('\n')) {
    const colon = line.indexOf(':')
    if (colon <= 0 || colon > 32) continue
    const name = longHeaderName(line.slice(0, colon).trimEnd())
    if (name === 'content-type') hasType = true
    if (name !== 'content-length') continue
    const value = line.slice(colon + 1).trim()
    if (value === '') continue
    const read = readDecimal(value, 0xffffffff)
    if (read === undefined) return 'Invalid Content-Length'
    if (length !== undefined && length !== read) return 'Content-Length twice'
    length = read
  }
  if (length === undefined && hasType) return 'Content-Length missing'
  return length ?? 0
}
