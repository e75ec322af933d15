/**
 * Recordings whose files are made before there is a call for them: an INVITE waits for no file to be created (ADR 0067). In: public keys.
 * Out: ids, the key of each and its files, durable. Never here: a packet, a key used twice.
 */
import { setImmediate } from 'node:timers/promises'
import type { SegmentFacts } from '#register/admit.ts'
import { createRecordingFiles, type RecordingFiles } from '#register/recordings/recording-files.ts'

/** The id of a recording, and the public key that its header is sealed to. */
export interface PreallocatedRecording {
  id: string
  intakeKey: string
}

export interface PreallocatedRecordings {
  /** A recording whose files are there; nothing where none are: they are made when it is opened. */
  take(): PreallocatedRecording | undefined
  /** Makes the first files. */
  fill(): void
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

export function createPreallocatedRecordings(options: {
  directory: string
  /** age1…, each given once; nothing when the stock is used up. */
  intakePublicKey: () => string | undefined
  uuid: () => string
  most?: number
  /** They could not be made or removed; a recording makes its files itself, as long as none are. */
  onFault: (error: unknown) => void
}): PreallocatedRecordings {
  const { directory, intakePublicKey, uuid, most = usualMost, onFault } = options
  const ready: RecordingFiles[] = []
  const taken = new Map<string, RecordingFiles>()
  const keyOf = new WeakMap<RecordingFiles, string>()
  let making: Promise<void> | undefined
  let stopped = false
  let againMs = 0

  async function make(): Promise<void> {
    const making: Promise<RecordingFiles | undefined>[] = []
    let failed: unknown
    for (let n = ready.length; n < most; n++) {
      // A turn of the event loop each: making their keys takes as long as answering a call.
      await setImmediate()
      const key = intakePublicKey()
      if (key === undefined) break
      making.push(makeOne(key).catch((error: unknown) => void (failed ??= error)))
    }
    for (const files of await Promise.all(making)) if (files) await keep(files)
    if (failed === undefined) return
    againMs = performance.now() + restMs
    onFault(failed)
  }

  async function keep(files: RecordingFiles): Promise<void> {
    if (!stopped) ready.push(files)
    else await remove(files)
  }

  async function makeOne(key: string): Promise<RecordingFiles> {
    const files = await createRecordingFiles(directory, uuid(), key)
    keyOf.set(files, key)
    // What is not durable yet is synced by its recording.
    await files.sync().catch(onFault)
    return files
  }

  function fill(): void {
    if (stopped || making || performance.now() < againMs || ready.length > most / 2) return
    making = make().finally(() => (making = undefined))
  }

  const remove = (files: RecordingFiles) => files.remove().catch(onFault)

  return {
    take() {
      const files = ready.shift()
      if (files) taken.set(files.id, files)
      fill()
      return files && { id: files.id, intakeKey: keyOf.get(files)! }
    },
    fill,
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

/** The facts with the recording in files that are there already, if there are any; or else with a key of its own. */
export function withIntakeKey(
  facts: SegmentFacts,
  {
    preallocated,
    intakePublicKey,
  }: { preallocated?: PreallocatedRecordings; intakePublicKey: () => string | undefined },
): SegmentFacts {
  const { recording } = facts
  if (!recording) return facts
  return { ...facts, recording: { ...recording, ...(preallocated?.take() ?? { intakeKey: intakePublicKey() }) } }
}
