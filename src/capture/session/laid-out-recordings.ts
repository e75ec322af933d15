/**
 * Recordings whose files are made before there is a call for them: an INVITE waits for no file to be created (ADR 0067). In: the day's
 * public key. Out: ids, and the files of each, durable. Never here: a packet; files of a day that is over.
 */
import { setImmediate } from 'node:timers/promises'
import type { SegmentFacts } from '#register/admit.ts'
import { createRecordingFiles, type RecordingFiles } from '#register/recordings/recording-files.ts'

export interface LaidOutRecordings {
  /** The id of a recording whose files are there; nothing where none are: they are made when it is opened. */
  take(day: Temporal.PlainDate): string | undefined
  /** The files of an id that was taken, once. */
  claim(id: string): RecordingFiles | undefined
  /** Nothing has been written to them: they are for another recording. */
  giveBack(files: RecordingFiles): void
  /** Ids whose files nobody has claimed. */
  ids(): string[]
  /** Removes what nobody has claimed. */
  stop(): Promise<void>
}

/** What calls take within a quarter of a second at 50 a second; as many again are made when half of them are gone. */
const usualMost = 24

/** How long a disk that refuses is left alone. */
const restMs = 5_000

export function createLaidOutRecordings(options: {
  directory: string
  /** age1… of a day; nothing when the custodian has made none. */
  intakePublicKey: (day: Temporal.PlainDate) => string | undefined
  uuid: () => string
  most?: number
  /** They could not be made or removed; a recording makes its files itself, as long as none are. */
  onFault: (error: unknown) => void
}): LaidOutRecordings {
  const { directory, intakePublicKey, uuid, most = usualMost, onFault } = options
  let day: Temporal.PlainDate | undefined
  let ready: RecordingFiles[] = []
  const taken = new Map<string, RecordingFiles>()
  /** Whose key they are sealed to: what is given back at midnight is of no use any more. */
  const dayOf = new WeakMap<RecordingFiles, Temporal.PlainDate>()
  let making: Promise<void> | undefined
  let stopped = false
  let againMs = 0

  async function make(of: Temporal.PlainDate, key: string): Promise<void> {
    const making: Promise<RecordingFiles | undefined>[] = []
    let failed: unknown
    for (let n = ready.length; n < most; n++) {
      // A turn of the event loop each: making their keys takes as long as answering a call.
      await setImmediate()
      making.push(makeOne(key).catch((error: unknown) => void (failed ??= error)))
    }
    for (const files of await Promise.all(making)) {
      if (!files) continue
      dayOf.set(files, of)
      await keep(files)
    }
    if (failed === undefined) return
    againMs = performance.now() + restMs
    onFault(failed)
  }

  async function keep(files: RecordingFiles): Promise<void> {
    if (!stopped && day && dayOf.get(files)?.equals(day)) ready.push(files)
    else await remove(files)
  }

  async function makeOne(key: string): Promise<RecordingFiles> {
    const files = await createRecordingFiles(directory, uuid(), key)
    // What is not durable yet is synced by its recording.
    await files.sync().catch(onFault)
    return files
  }

  function fill(): void {
    const key = day && intakePublicKey(day)
    if (stopped || making || performance.now() < againMs || !day || key === undefined || ready.length > most / 2) return
    making = make(day, key).finally(() => (making = undefined))
  }

  const remove = (files: RecordingFiles) => files.remove().catch(onFault)

  return {
    take(wanted) {
      if (!day?.equals(wanted)) {
        const over = ready
        day = wanted
        ready = []
        for (const files of over) void remove(files)
      }
      const files = ready.shift()
      if (files) taken.set(files.id, files)
      fill()
      return files?.id
    },
    claim(id) {
      const files = taken.get(id)
      taken.delete(id)
      return files
    },
    giveBack: (files) => void keep(files),
    ids: () => [...ready.map(({ id }) => id), ...taken.keys()],
    async stop() {
      stopped = true
      await making
      await Promise.all([...ready, ...taken.values()].map(remove))
    },
  }
}

/** The facts with the recording in files that are there already, if there are any. */
export function inLaidOutFiles(facts: SegmentFacts, laidOut: LaidOutRecordings | undefined): SegmentFacts {
  const { recording } = facts
  const id = recording && laidOut?.take(recording.intakeDay)
  return recording && id !== undefined ? { ...facts, recording: { ...recording, id } } : facts
}
