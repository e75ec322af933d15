import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { SegmentFacts } from '#register/admit.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { bodyKey } from '#register/recordings/objects.ts'
import { recoverRecordings } from '#register/recordings/recover-recordings.ts'
import type { Spool } from './spool.ts'
import { removeRecording, storeRecording } from '../media/store-recording.ts'

/**
 * Takes up what an earlier process of this spool left: calls without an end get one, and what was captured of their
 * audio goes to the object store, marked incomplete; the custodian mends it (R16, endInferred). Nothing acknowledged is
 * lost. Runs before the first call is taken, and can be cut short and run again.
 * @returns the segments as they were left, how many recordings were taken up, and the files that could not be read
 */
export async function recoverAfterCrash(
  spool: Spool,
  folder: string,
  objects: ObjectStore,
  now: Temporal.Instant,
  /** Segments whose session is open again: what was not being recorded goes on as if nothing had been. */
  held: ReadonlySet<string> = new Set(),
): Promise<{
  segments: readonly SegmentFacts[]
  resumed: ReadonlySet<string>
  recordings: number
  broken: readonly string[]
}> {
  const lastSign = await lastSignOfLife(folder)
  await recoverRecordings(folder)
  const { segments, broken } = spool.left()
  const resumed = new Set<string>()
  let recordings = 0
  for (const facts of segments) {
    const { recording, segmentId, endedAt } = facts
    if (!recording && endedAt === undefined && held.has(segmentId)) {
      resumed.add(segmentId)
      continue
    }
    if (recording?.gone) await removeRecording(recording.id, folder)
    else if (recording && !recording.stored) await storeRecording(recording.id, folder, objects)
    const sizeBytes = recording && !recording.stored ? await storedBytes(recording.id, objects) : undefined
    if (sizeBytes !== undefined) recordings++
    await spool.note(withEnd(facts, sizeBytes, lastSign ?? now))
  }
  // Whose a recording is may stand in a file that could not be read: then nothing is removed.
  if (broken.length > 0) return { segments, resumed, recordings, broken }
  // Created and never answered: the call was not being recorded yet when the process died.
  const known = new Set(segments.map(({ recording }) => recording?.id))
  for (const name of await readdir(folder)) {
    const id = /^(.+)\.(?:tail|body|hdr)$/.exec(name)?.[1]
    if (id !== undefined && !known.has(id)) await rm(join(folder, name), { force: true })
  }
  return { segments, resumed, recordings, broken }
}

function withEnd(facts: SegmentFacts, sizeBytes: number | undefined, lastSign: Temporal.Instant): SegmentFacts {
  const inferred = facts.endedAt === undefined
  const begun = facts.answeredAt ?? facts.startedAt
  const endedAt = facts.endedAt ?? (Temporal.Instant.compare(lastSign, begun) < 0 ? begun : lastSign)
  return {
    ...facts,
    endedAt,
    endInferred: facts.endInferred === true || inferred,
    captureState: 'not-recorded',
    marks: inferred ? [...new Set([...facts.marks, 'end-inferred' as const])] : facts.marks,
    ...(facts.recording && {
      recording: {
        ...facts.recording,
        endedAt: facts.recording.endedAt ?? endedAt,
        // It was forbidden, and nobody was left to say that it is destroyed; or the disk has lost it.
        ...(sizeBytes === undefined && !facts.recording.stored && { gone: true as const }),
        ...(sizeBytes !== undefined && {
          stored: { sizeBytes, incomplete: true, packetsReceived: 0, packetsLost: 0 },
        }),
      },
    }),
  }
}

/** The size of a recording's body in the object store, if there is one. */
function storedBytes(id: string, objects: ObjectStore): Promise<number | undefined> {
  return objects.sizeBytes(bodyKey(id)).catch((error: unknown) => {
    if ((error as { code?: string }).code === 'object-missing') return undefined
    throw error
  })
}

/** When the earlier process last wrote to its tail, which it did every second. */
async function lastSignOfLife(folder: string): Promise<Temporal.Instant | undefined> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.journal') || name.endsWith('.body'))
  const times = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).mtimeMs))
  return times.length === 0 ? undefined : Temporal.Instant.fromEpochMilliseconds(Math.round(Math.max(...times)))
}
