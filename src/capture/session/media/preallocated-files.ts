/**
 * Creates the files of recordings in advance, so that no INVITE waits for file creation (ADR 0067). Ids, keys and files are
 * durable; no key is used twice.
 */
import { setImmediate } from 'node:timers/promises'
import type { SegmentFacts } from '#register/admit.ts'
import { createRecordingFiles, type RecordingFiles } from '#register/recordings/recording-files.ts'

/** Id of a recording, and the public key with which its header is encrypted. */
export interface PreallocatedRecording {
  id: string
  intakeKey: string
}

export interface PreallocatedRecordings {
  /** Takes a preallocated recording; undefined if there is none: the files are then created when the recording is opened. */
  take(): PreallocatedRecording | undefined
  /** Creates the first files. */
  fill(): void
  /** Returns the files of a taken recording. A second call returns undefined. */
  claim(id: string): RecordingFiles | undefined
  /** Puts unused files back, for use by another recording. */
  release(files: RecordingFiles): void
  /** Returns the ids of recordings whose files are not claimed. */
  ids(): string[]
  /** Removes unclaimed files. */
  stop(): Promise<void>
}

/** Number of preallocated recordings: enough for half a second at 50 calls/s. Refilled when half of them are used. */
const defaultMax = 24

/** Pause after a disk error. */
const errorPauseMs = 5_000

export function createPreallocatedRecordings(options: {
  directory: string
  /** Returns a public key (age1…) that was not used before; undefined if the stock is empty. */
  intakePublicKey: () => string | undefined
  uuid: () => string
  max?: number
  /** Called when files could not be created or removed. Until that works again, each recording creates its own files. */
  onFault: (error: unknown) => void
}): PreallocatedRecordings {
  const { directory, intakePublicKey, uuid, max = defaultMax, onFault } = options
  const ready: RecordingFiles[] = []
  const taken = new Map<string, RecordingFiles>()
  const keyOf = new WeakMap<RecordingFiles, string>()
  let making: Promise<void> | undefined
  let stopped = false
  let retryAtMs = 0

  async function make(): Promise<void> {
    const pending: Promise<RecordingFiles | undefined>[] = []
    let failed: unknown
    for (let n = ready.length; n < max; n++) {
      // Yields to the event loop before each recording, because generating its keys takes as long as answering a call.
      await setImmediate()
      const key = intakePublicKey()
      if (key === undefined) break
      pending.push(makeOne(key).catch((error: unknown) => void (failed ??= error)))
    }
    for (const files of await Promise.all(pending)) if (files) await addToStock(files)
    if (failed === undefined) return
    retryAtMs = performance.now() + errorPauseMs
    onFault(failed)
  }

  /** Adds files to the stock; removes them if it has stopped. */
  async function addToStock(files: RecordingFiles): Promise<void> {
    if (!stopped) ready.push(files)
    else await remove(files)
  }

  async function makeOne(key: string): Promise<RecordingFiles> {
    const files = await createRecordingFiles(directory, uuid(), key)
    keyOf.set(files, key)
    // If the sync fails, the recording syncs the files later.
    await files.sync().catch(onFault)
    return files
  }

  function fill(): void {
    if (stopped || making || performance.now() < retryAtMs || ready.length > max / 2) return
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
    release: (files) => void addToStock(files),
    ids: () => [...ready.map(({ id }) => id), ...taken.keys()],
    async stop() {
      stopped = true
      await making
      await Promise.all([...ready, ...taken.values()].map(remove))
    },
  }
}

/** Returns the facts with the id and key of a preallocated recording if there is one, otherwise with a new key. */
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
