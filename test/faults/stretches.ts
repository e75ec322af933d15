/**
 * Reads the stretches of each stream in a stored recording, decrypted with the intake key as only the custodian can.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { readAgeHeader } from '#platform/age/age-header.ts'
import { openPayload } from '#platform/age/open-stream.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { bodyKey, headerKey, tailKey } from '#register/recordings/objects.ts'
import { rebuildBody } from '#register/recordings/rebuild-body.ts'
import { walkChunk } from '#register/recordings/recording-log.ts'

/** Packets without a gap, by extended sequence number. */
export interface Stretch {
  first: number
  last: number
  packets: number
}

/** Returns the stretches by stream. Repairs a recording left by a crash in a copy first, as the custodian does. */
export async function stretchesOf(objects: ObjectStore, identity: string, id: string): Promise<Map<number, Stretch>> {
  const body = await readWholeBody(objects, identity, id)
  const { chunks, openChunk } = await openPayload(body.fileKey, body.bytes.length, async (at, n) =>
    body.bytes.subarray(at, at + n),
  )
  const firstSeqs = new Map<number, number>()
  const found = new Map<number, Stretch>()
  for (let n = 0; n < chunks; n++) {
    walkChunk(await openChunk(n), {
      source: ({ stream, firstSeq }) => firstSeqs.set(stream, firstSeq),
      packet: ({ stream, seqOffset }) => {
        const seq = (firstSeqs.get(stream) ?? 0) + seqOffset
        const known = found.get(stream)
        if (!known) found.set(stream, { first: seq, last: seq, packets: 1 })
        else found.set(stream, { first: known.first, last: Math.max(known.last, seq), packets: known.packets + 1 })
      },
    })
  }
  return found
}

async function readWholeBody(
  store: ObjectStore,
  identity: string,
  id: string,
): Promise<{ fileKey: Buffer; bytes: Buffer }> {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-stretches-'))
  const read = async (key: string) => store.readRange(key, 0, await store.sizeBytes(key))
  const fetchFile = async (key: string) => {
    await writeFile(join(folder, basename(key)), await read(key))
    return join(folder, basename(key))
  }
  try {
    const fileKey = readAgeHeader(await read(headerKey(id)), identity)
    const hasTail = (await Array.fromAsync(store.list(tailKey(id)))).length > 0
    const bodyPath = await fetchFile(bodyKey(id))
    await rebuildBody({ fileKey, bodyPath, tailPath: hasTail ? await fetchFile(tailKey(id)) : undefined })
    return { fileKey, bytes: await readFile(bodyPath) }
  } finally {
    await rm(folder, { recursive: true })
  }
}
