/**
 * Digest of the packets of a recording, by stream: the same for the audio of a file and for its sealed recording, if they are
 * equal bit for bit (docs/formats/import-map.md).
 */
import { createHash, type Hash } from 'node:crypto'
import type { OpenedRecording } from './index-recording.ts'
import { walkChunk } from './recording-log.ts'

export interface AudioDigest {
  packet(stream: number, bytes: Uint8Array): void
  /** Returns the SHA-256. */
  end(): Buffer
}

/** Hashes the length before each packet, so that joined or split packets change the digest. */
export function createAudioDigest(): AudioDigest {
  const streams: (Hash | undefined)[] = []
  const length = Buffer.alloc(4)
  return {
    packet(stream, bytes) {
      length.writeUInt32BE(bytes.length)
      const hash = (streams[stream] ??= createHash('sha256'))
      hash.update(length).update(bytes)
    },
    end() {
      const all = createHash('sha256')
      for (const [stream, hash] of streams.entries()) {
        if (!hash) continue
        all.update(Uint8Array.of(stream)).update(hash.digest())
      }
      return all.digest()
    },
  }
}

/** Opens every chunk of a sealed recording and returns the digest of its packets. */
export async function digestOfRecording(opened: OpenedRecording): Promise<Buffer> {
  const digest = createAudioDigest()
  for (let n = 0; n < opened.chunks; n++) {
    const chunk = await opened.openChunk(n)
    walkChunk(chunk, { packet: ({ stream, start, end }) => digest.packet(stream, chunk.subarray(start, end)) })
    chunk.fill(0)
  }
  return digest.end()
}
