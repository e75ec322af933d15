import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { SegmentFacts } from '#register/admit.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { bodyKey } from '#register/recordings/objects.ts'
import { recoverRecordings } from '#register/recordings/recover-recordings.ts'
import type { Spool } from './spool.ts'
import { removeRecording, storeRecording } from '../media/store-recording.ts'

/**
 * Recovers the spool of an earlier process: ends calls that have no end, and moves recorded audio to the object store, marked as
 * incomplete so that the custodian repairs it (R16, endInferred). No acknowledged data are lost. Runs before the first call is
 * accepted. Idempotent.
 * @returns the segments found, those that continue, the number of recordings recovered, and the unreadable files
 */
export async function recoverAfterCrash(
  spool: Spool,
  folder: string,
  objects: ObjectStore,
  now: Temporal.Instant,
  /** Ids of segments whose session can resume; those without a recording continue. */
  held: ReadonlySet<string> = new Set(),
): Promise<{
  segments: readonly SegmentFacts[]
  resumed: ReadonlySet<string>
  recordings: number
  broken: readonly string[]
}> {
  const lastSign = await lastSignOfLife(folder)
  await recoverRecordings(folder)
  const { segments, broken } = spool.unfinished()
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
    await spool.store(withEnd(facts, sizeBytes, lastSign ?? now))
  }
  // Removes no files if some facts are unreadable, because a recording may belong to them.
  if (broken.length > 0) return { segments, resumed, recordings, broken }
  // Removes files of recordings without facts: the process died before it had answered the call.
  const known = new Set(segments.map(({ recording }) => recording?.id))
  for (const name of await readdir(folder)) {
    const id = /^(.+)\.(?:tail|body|hdr)$/.exec(name)?.[1]
    if (id !== undefined && !known.has(id)) await rm(join(folder, name), { force: true })
  }
  return { segments, resumed, recordings, broken }
}

function withEnd(facts: SegmentFacts, sizeBytes: number | undefined, lastSign: Temporal.Instant): SegmentFacts {
  const inferred = facts.endedAt === undefined
  const beganAt = facts.answeredAt ?? facts.startedAt
  const endedAt = facts.endedAt ?? (Temporal.Instant.compare(lastSign, beganAt) < 0 ? beganAt : lastSign)
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
        // There is no body: the recording was destroyed because use was forbidden, or lost by the disk.
        ...(sizeBytes === undefined && !facts.recording.stored && { gone: true as const }),
        ...(sizeBytes !== undefined && {
          stored: { sizeBytes, incomplete: true, packetsReceived: 0, packetsLost: 0 },
        }),
      },
    }),
  }
}

/** Returns the size of a recording's body in the object store; undefined if there is none. */
function storedBytes(id: string, objects: ObjectStore): Promise<number | undefined> {
  return objects.sizeBytes(bodyKey(id)).catch((error: unknown) => {
    if ((error as { code?: string }).code === 'object-missing') return undefined
    throw error
  })
}

/** Returns when the earlier process last wrote to its journal or a recording. It wrote to the journal every second. */
async function lastSignOfLife(folder: string): Promise<Temporal.Instant | undefined> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.journal') || name.endsWith('.body'))
  const times = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).mtimeMs))
  return times.length === 0 ? undefined : Temporal.Instant.fromEpochMilliseconds(Math.round(Math.max(...times)))
}
