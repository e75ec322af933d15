/**
 * Starts a recorder with real ports, spool, writer and store, and a description and directory of its own. Collects what
 * the recorder reports of calls. The SIP side is in wired-recorder.ts and flows/recording-client.ts.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { createPortAllocator, type PortAllocator } from '#capture/rtp/allocate-ports.ts'
import { createQuotaCounts } from '#capture/session/register/quota-counts.ts'
import { createRecorder, type Recorder } from '#capture/session/recorder.ts'
import type { RecorderOptions } from '#capture/session/recorder-options.ts'
import { openSpool } from '#capture/session/recovery/spool.ts'
import { readShippedDescription } from '../../database/describe-from.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { generateKeyPair, readAgeHeader } from '#platform/age/age-header.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import type { SegmentFacts } from '#register/admit.ts'
import { indexRecording, type OpenedRecording } from '#register/recordings/index-recording.ts'
import { headerKey } from '#register/recordings/objects.ts'
import { openRecordingBody } from '#register/recordings/open-recording.ts'
import type { RecordingIndex } from '#register/recordings/recording-index.ts'
import { createTailJournal } from '#register/recordings/tail-journal.ts'
import type { DirectoryEntry } from '#safeguards/people/people.ts'
import { appendAdmitted } from '#test/database/people.ts'
import { openTestObjects } from '#test/objects/test-objects.ts'

const seed = await readShippedDescription()
const intake = generateKeyPair()

/** The description that the product ships with, changed so that every call to a rule's number is recorded. */
export const everyCall: RegisterDescription = {
  ...seed,
  recordingPlan: { ...seed.recordingPlan, rules: seed.recordingPlan.rules.map((rule) => ({ ...rule, share: 1 })) },
}

const from = Temporal.Instant.from('2026-01-01T00:00:00Z')

/** Directory entries for the numbers in the vectors. */
const officials: readonly DirectoryEntry[] = ['+358295121001', '+358295121002'].map((phone) => ({
  ...{ personId: phone.slice(-4), unitId: null, name: phone, phoneKey: phone as never },
  ...{ consentedFrom: null, from, to: null },
}))

export interface TestRecorder {
  readonly recorder: Recorder
  readonly ports: PortAllocator
  /** Segments in their present state, in order of arrival. */
  segments(): SegmentFacts[]
  /** Facts in the spool, admitted or not. */
  written(): SegmentFacts[]
  /** Opens a segment's recording with its index. */
  opened(segment: SegmentFacts | undefined): Promise<{ index: RecordingIndex; openChunk: OpenedRecording['openChunk'] }>
  /** Returns the voices of a segment's recording as SSRCs. */
  voices(segment: SegmentFacts | undefined): Promise<Record<'caller' | 'official' | 'mixed', number[]>>
  stop(): Promise<void>
}

export type RecorderGiven = { firstPort: number; lastPort?: number; description: () => RegisterDescription } & Partial<
  Pick<
    RecorderOptions,
    | 'clock'
    | 'limits'
    | 'saved'
    | 'leftBehind'
    | 'nameTrunk'
    | 'findTrunk'
    | 'latchesOf'
    | 'isReachable'
    | 'officials'
    | 'acceptsKeys'
  >
>

export async function openTestRecorder(folder: string, given: RecorderGiven): Promise<TestRecorder> {
  const { firstPort, lastPort = firstPort + 99, description, ...more } = given
  const recorded: SegmentFacts[] = []
  const spool = await openSpool({
    directory: join(folder, 'calls'),
    admit: appendAdmitted(recorded),
    onFault: () => undefined,
  })
  const recordingsFolder = join(folder, 'recordings')
  await openDirectoryStore(recordingsFolder)
  const objects = await openTestObjects(join(folder, 'objects'))
  const tail = await createTailJournal({ directory: recordingsFolder, run: randomUUID() })
  const ports = createPortAllocator({ address: '127.0.0.1', firstPort, lastPort, quarantineMs: 0 })
  const recorder = createRecorder({
    ...{ versionAt: () => ({ version: 7, description: description() }), drawKey: Buffer.alloc(32) },
    ...{ quotas: createQuotaCounts(), officials: () => officials, intakePublicKey: () => intake.recipient },
    ...{ clock: systemClock, ports, mediaAddress: () => '127.0.0.1', spool, recordingsFolder, tail, objects },
    random: { uuid: randomUUID, uint32: () => randomBytes(4).readUInt32BE() },
    onFault: (error) => {
      throw error
    },
    ...more,
  })

  const opened: TestRecorder['opened'] = async (segment) => {
    const id = segment?.recording?.id ?? ''
    const header = await objects.readRange(headerKey(id), 0, await objects.sizeBytes(headerKey(id)))
    const recording = await openRecordingBody(objects, id, readAgeHeader(header, intake.identity))
    return { index: await indexRecording(recording), openChunk: (n) => recording.openChunk(n) }
  }

  return {
    ...{ recorder, ports },
    segments: () => [...new Map(recorded.map((facts) => [facts.segmentId, facts])).values()],
    written: () => spool.unfinished().segments,
    opened,
    async voices(segment) {
      const { sources } = (await opened(segment)).index
      const ssrcsOf = (track: string) => sources.filter((source) => source.track === track).map(({ ssrc }) => ssrc)
      return { caller: ssrcsOf('caller'), official: ssrcsOf('official'), mixed: ssrcsOf('mixed') }
    },
    async stop() {
      await recorder.stop()
      await tail.close()
      await spool.stop()
    },
  }
}
