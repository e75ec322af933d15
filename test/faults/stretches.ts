/** What a recording in the object store has of each stream, opened with the intake key as only the custodian can. */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { readAgeHeader } from '#platform/age/age-header.ts'
import { openPayload } from '#platform/age/open-stream.ts'
import { bodyKey, headerKey, tailKey } from '#register/recordings/objects.ts'
import { rebuildBody } from '#register/recordings/rebuild-body.ts'
import { walkChunk } from '#register/recordings/recording-log.ts'

/** Packets by sequence number, not cut to 16 bits within a stretch. */
export interface Stretch {
  first: number
  last: number
  packets: number
}

/** By stream; a recording that a crash has left is mended first, as the custodian does. */
export async function stretchesOf(objects: string, identity: string, id: string): Promise<Map<number, Stretch>> {
  const names = await readdir(objects, { recursive: true })
  const path = (key: string) => join(objects, names.find((name) => name.endsWith(basename(key))) ?? key)
  const fileKey = readAgeHeader(await readFile(path(headerKey(id))), identity)
  const hasTail = existsSync(path(tailKey(id)))
  await rebuildBody({ fileKey, bodyPath: path(bodyKey(id)), tailPath: hasTail ? path(tailKey(id)) : undefined })
  const body = await readFile(path(bodyKey(id)))
  const { chunks, openChunk } = await openPayload(fileKey, body.length, async (at, n) => body.subarray(at, at + n))
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
