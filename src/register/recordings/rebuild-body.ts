/**
 * Rebuilds a whole recording after a crash: the body's valid chunks, then the frames of the tail. The result is a finished age
 * payload that ends with an endInferred mark.
 * No nonce is reused: the crash may have interrupted the last chunk, whose nonce may have covered other bytes, so the body is
 * written again under a new payload nonce.
 */
import { createHash, randomBytes } from 'node:crypto'
import { open, readFile, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createDurably, syncFolder, writeFully } from '#platform/files/durable-files.ts'
import { openChunkBytes, openPayload } from '#platform/age/open-stream.ts'
import { encodeMark, walkChunk } from './recording-log.ts'
import {
  chunkBytes,
  derivePayloadKey,
  payloadNonceBytes,
  sealChunk,
  sealedChunkBytes,
} from '#platform/age/seal-stream.ts'
import { deriveTailKey, openTailFrame, readTailFrames } from './tail-frame.ts'

/** `rebuilt` is false if the body was whole already. `sha256` (hex) is of the present body. */
export type RebuiltBody = { rebuilt: boolean; chunks: number; sizeBytes: number; sha256: string }

/**
 * Rebuilds `bodyPath` in place (by rename) if its last chunk is incomplete, and removes the tail. Can be interrupted anywhere
 * and run again.
 */
export async function rebuildBody(options: {
  fileKey: Uint8Array
  bodyPath: string
  tailPath?: string | undefined
  random?: (size: number) => Buffer
}): Promise<RebuiltBody> {
  const { fileKey, bodyPath, tailPath, random = randomBytes } = options
  const body = await open(bodyPath, 'r')
  try {
    const { size } = await body.stat()
    const read = (position: number, length: number) => readRange(body, position, length)
    const whole = await openPayload(fileKey, size, read).catch(() => undefined)
    const result = whole ? await describe(body, size, whole.chunks) : await rebuild(size, read)
    if (tailPath) await rm(tailPath, { force: true })
    return result
  } finally {
    await body.close()
  }

  async function rebuild(
    size: number,
    read: (position: number, length: number) => Promise<Buffer>,
  ): Promise<RebuiltBody> {
    const oldKey = derivePayloadKey(fileKey, await read(0, payloadNonceBytes))
    const tail = tailPath ? await openTail(fileKey, tailPath) : new Map<number, Buffer>()
    const bodyChunk = async (n: number): Promise<Buffer | undefined> => {
      const sealed = await read(payloadNonceBytes + n * sealedChunkBytes, sealedChunkBytes)
      if (sealed.length < sealedChunkBytes) return undefined
      try {
        return openChunkBytes(oldKey, n, false, sealed)
      } catch {
        return undefined // Incomplete after a power failure: the tail may have it.
      }
    }
    let last = Math.max(-1, ...tail.keys())
    for (let n = last + 1; n < Math.floor((size - payloadNonceBytes) / sealedChunkBytes); n++) {
      if (await bodyChunk(n)) last = n
    }

    const path = `${bodyPath}.rebuilding`
    await rm(path, { force: true })
    const nonce = random(payloadNonceBytes)
    const key = derivePayloadKey(fileKey, nonce)
    const target = await createDurably(path, nonce)
    const write = (n: number, final: boolean, plaintext: Uint8Array) =>
      writeFully(target, sealChunk(key, n, final, plaintext), payloadNonceBytes + n * sealedChunkBytes)
    try {
      let lastArrival = 0
      let chunk: Buffer = Buffer.alloc(0)
      let used = 0
      for (let n = 0; n <= last; n++) {
        if (n > 0) await write(n - 1, false, padded(chunk))
        chunk = (await bodyChunk(n)) ?? tail.get(n) ?? Buffer.alloc(0)
        used = walkChunk(chunk, {
          packet: ({ arrival100us }) => (lastArrival = Math.max(lastArrival, arrival100us)),
          mark: ({ arrival100us }) => (lastArrival = Math.max(lastArrival, arrival100us)),
        })
      }
      const end = encodeMark({ kind: 'endInferred', arrival100us: lastArrival, detail: undefined })
      if (used + end.length > chunkBytes) {
        await write(last, false, padded(chunk))
        await write(++last, true, end)
      } else {
        await write(Math.max(last, 0), true, Buffer.concat([chunk.subarray(0, used), end]))
      }
      await target.datasync()
      await rename(path, bodyPath)
      await syncFolder(dirname(bodyPath))
      const sized = await target.stat()
      return { ...(await describe(target, sized.size, Math.max(last, 0) + 1)), rebuilt: true }
    } finally {
      await target.close()
    }
  }
}

/** Returns the chunks in the tail, each from its first byte as far as frames are contiguous. */
async function openTail(fileKey: Uint8Array, tailPath: string): Promise<Map<number, Buffer>> {
  const key = deriveTailKey(fileKey)
  const chunks = new Map<number, Buffer>()
  const frames = [...readTailFrames(await readFile(tailPath))].sort(
    (a, b) => a.chunk - b.chunk || a.offset - b.offset || a.counter - b.counter,
  )
  for (const frame of frames) {
    const known = chunks.get(frame.chunk) ?? Buffer.alloc(0)
    if (frame.offset > known.length) continue
    const plaintext = openTailFrame(key, frame)
    if (plaintext === undefined || frame.offset + plaintext.length <= known.length) continue
    chunks.set(frame.chunk, Buffer.concat([known.subarray(0, frame.offset), plaintext]))
  }
  return chunks
}

function padded(chunk: Buffer): Buffer {
  if (chunk.length === chunkBytes) return chunk
  const full = Buffer.alloc(chunkBytes)
  chunk.copy(full)
  return full
}

async function describe(file: FileHandle, sizeBytes: number, chunks: number): Promise<RebuiltBody> {
  const hash = createHash('sha256')
  for (let at = 0; at < sizeBytes; at += sealedChunkBytes) hash.update(await readRange(file, at, sealedChunkBytes))
  return { rebuilt: false, chunks, sizeBytes, sha256: hash.digest('hex') }
}

/** Reads up to `length` bytes: fewer only at the end of the file. */
async function readRange(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return buffer.subarray(0, done)
}
