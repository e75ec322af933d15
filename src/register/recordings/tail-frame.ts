/**
 * One frame of the tail: bytes of a chunk that is not sealed yet (docs/formats/recording.md, "Tail").
 *
 * A frame has bytes [offset, end) of an open chunk, encrypted with AES-256-GCM, with the id of the recording and the offset. No
 * nonce is used twice: it is a counter of the recording's frames, and bytes that are framed again get a new one.
 *
 *     "SLT1"  frameBytes u32  counter u32  chunk u32  offset u32  idBytes u8  id  ciphertext  tag 16  crc32 u32
 *
 * Everything before the ciphertext is additional authenticated data. By the CRC a process without keys detects a torn frame.
 */
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { crc32 } from 'node:zlib'

const magic = Buffer.from('SLT1')
const fixedBytes = 21
const tagBytes = 16
const crcBytes = 4
/** Longest frame: one chunk, the longest id and the fixed fields. */
const maxFrameBytes = fixedBytes + 255 + 65_536 + tagBytes + crcBytes

/** A frame of a journal; `bytes` is the whole frame. */
export type TailFrame = { id: string; counter: number; chunk: number; offset: number; bytes: Buffer }

/** The key of a recording's tail: HKDF-SHA-256(file key, no salt, "seloste tail v1"). */
export function deriveTailKey(fileKey: Uint8Array): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', fileKey, '', 'seloste tail v1', 32)))
}

/** Returns how many bytes {@link sealTailFrame} writes for `plainBytes` of a recording whose id has `idBytes` bytes. */
export function tailFrameBytes(idBytes: number, plainBytes: number): number {
  return fixedBytes + idBytes + plainBytes + tagBytes + crcBytes
}

/** Writes `plaintext` as a frame into `target` at `at`; returns the offset after it. */
export function sealTailFrame(
  target: Buffer,
  at: number,
  key: KeyObject,
  id: Buffer,
  counter: number,
  chunk: number,
  offset: number,
  plaintext: Buffer,
): number {
  const size = tailFrameBytes(id.length, plaintext.length)
  magic.copy(target, at)
  target.writeUInt32BE(size, at + 4)
  target.writeUInt32BE(counter, at + 8)
  target.writeUInt32BE(chunk, at + 12)
  target.writeUInt32BE(offset, at + 16)
  target.writeUInt8(id.length, at + 20)
  id.copy(target, at + fixedBytes)
  const body = at + fixedBytes + id.length
  const cipher = createCipheriv('aes-256-gcm', key, frameNonce(counter))
  cipher.setAAD(target.subarray(at, body))
  cipher.update(plaintext).copy(target, body)
  cipher.final()
  const tag = body + plaintext.length
  cipher.getAuthTag().copy(target, tag)
  target.writeUInt32BE(crc32(target.subarray(at, tag + tagBytes)), tag + tagBytes)
  return at + size
}

/** Decrypts a frame; undefined if it was altered or belongs to another file key. */
export function openTailFrame(key: KeyObject, { counter, bytes }: TailFrame): Buffer | undefined {
  const body = fixedBytes + bytes.readUInt8(20)
  const tag = bytes.length - crcBytes - tagBytes
  const decipher = createDecipheriv('aes-256-gcm', key, frameNonce(counter))
  decipher.setAAD(bytes.subarray(0, body))
  decipher.setAuthTag(bytes.subarray(tag, tag + tagBytes))
  const plaintext = decipher.update(bytes.subarray(body, tag))
  try {
    decipher.final()
  } catch {
    return undefined
  }
  return plaintext
}

/** Yields every whole frame of a journal or a `.tail` file, in order; skips frames torn by a crash or a full disk. */
export function* readTailFrames(journal: Buffer): Generator<TailFrame> {
  let at = 0
  while ((at = journal.indexOf(magic, at)) !== -1) {
    const frame = frameAt(journal, at)
    if (frame) yield frame
    at += frame ? frame.bytes.length : 1
  }
}

function frameAt(journal: Buffer, at: number): TailFrame | undefined {
  if (journal.length - at < tailFrameBytes(0, 0)) return undefined
  const size = journal.readUInt32BE(at + 4)
  const idBytes = journal.readUInt8(at + 20)
  if (size > maxFrameBytes || size < tailFrameBytes(idBytes, 0) || at + size > journal.length) return undefined
  const bytes = journal.subarray(at, at + size)
  if (crc32(bytes.subarray(0, -crcBytes)) !== bytes.readUInt32BE(size - crcBytes)) return undefined
  return {
    id: bytes.toString('utf8', fixedBytes, fixedBytes + idBytes),
    counter: bytes.readUInt32BE(8),
    chunk: bytes.readUInt32BE(12),
    offset: bytes.readUInt32BE(16),
    bytes,
  }
}

function frameNonce(counter: number): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUInt32BE(counter, 8)
  return nonce
}
