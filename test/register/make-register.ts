/**
 * Makes a register with everything that a custodian has: objects, keys and sealed recordings, in folders of their own.
 * Recordings are in the state in which capture leaves them. All parts are real.
 */
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { admit, type SegmentFacts } from '#register/admit.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import type { IngestContext } from '#register/recordings/ingest-recording.ts'
import { bodyKey, headerKey } from '#register/recordings/objects.ts'
import { createRecordingWriter, type RecordingWriter } from '#register/recordings/recording-writer.ts'
import type { RegisterTables } from '#register/tables.ts'
import { makeIntakeBatches, claimIntakeBatches } from '#safeguards/keys/intake-keys.ts'
import { openKeyFolder } from '#safeguards/keys/key-folder.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { openTestObjects } from '#test/objects/test-objects.ts'
import type { TestDatabase } from '../database/create-test-database.ts'
import { callFacts, recordingFacts } from '../database/people.ts'

export interface TestRegister {
  objects: ObjectStore
  keys: KeyStore
  /** Context of ingestRecording, as the custodian's database role. */
  ingest: IngestContext
  folder: string
  /**
   * Makes a call of `packets` packets of 20 ms, recorded by capture, stored and entered in the register; not yet
   * ingested.
   */
  record: (given?: Partial<SegmentFacts>, call?: RecordedCall) => Promise<RecordedSegment>
}

export interface RecordedCall {
  packets?: number
  /** Writes content other than two voices in A-law; `packets` is still reported. */
  script?: ((writer: RecordingWriter) => void) | undefined
  /** Starts the recording this long before its call was answered. */
  earlyMs?: number
  months?: number
  intakeDay?: Temporal.PlainDate
  /** Seals the recording as an earlier version did: to this public key, which was shared by all recordings of a day. */
  sealedTo?: string
  /** Public key shared with another recording. */
  intakeKey?: string
}

export interface RecordedSegment {
  id: string
  contactId: string
  segmentId: string
  header: Buffer
  body: Buffer
  /** Public key to which its header is sealed. */
  intakeKey: string
}

/**
 * Call it at the top of a test file. What it makes on disk is removed after the file's tests.
 * @param place folder in which the register makes its own
 * @param store key store, instead of a folder in the register's
 */
export async function makeTestRegister(
  database: Pick<TestDatabase<RegisterTables>, 'as'>,
  place = tmpdir(),
  store?: KeyStore,
): Promise<TestRegister> {
  const folder = await mkdtemp(join(place, 'seloste-register-'))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  const objects = await openTestObjects(join(folder, 'objects'))
  const keys = store ?? (await openKeyFolder(join(folder, 'keys')))
  const custodian = database.as('seloste_custodian').db
  const context = { db: custodian, objects, keys, workFolder: join(folder, 'work') }
  const capture = database.as('seloste_capture').db
  const stock: string[] = []
  const nextKey = async (): Promise<string> => {
    while (stock.length === 0) {
      const [batch] = await claimIntakeBatches(capture, randomUUID(), 1)
      if (batch) stock.push(...batch.publicKeys)
      else await makeIntakeBatches(custodian, keys, generateKeyPair, 1)
    }
    return stock.pop()!
  }
  return {
    objects,
    keys,
    ingest: context,
    folder,
    async record(
      given = {},
      { packets = 50, earlyMs = 0, months = 6, intakeDay = today(), sealedTo, script, ...others } = {},
    ) {
      const id = randomUUID()
      const facts = callFacts(given)
      const startedAt = (facts.answeredAt ?? facts.startedAt).subtract({ milliseconds: earlyMs })
      const intakeKey = sealedTo ?? others.intakeKey ?? (await nextKey())
      const finished = await writeSealed(folder, { id, startedAt, packets, intakeKey, script })
      const header = await readFile(finished.headerPath)
      const body = await readFile(finished.bodyPath)
      await objects.moveIn(headerKey(id), finished.headerPath)
      await objects.moveIn(bodyKey(id), finished.bodyPath)
      const { contactId } = await admit(capture, {
        ...facts,
        decision: facts.decision.record ? facts.decision : { record: true, reason: 'drawn' },
        recording: recordingFacts({
          id,
          startedAt,
          endedAt: facts.endedAt,
          intakeDay,
          ...(sealedTo === undefined && { intakeKey }),
          months,
          stored: {
            sizeBytes: finished.sizeBytes,
            sha256: Buffer.from(finished.sha256, 'hex'),
            incomplete: false,
            packetsReceived: 2 * packets,
            packetsLost: 0,
          },
        }),
      })
      return { id, contactId, segmentId: facts.segmentId, header, body, intakeKey }
    },
  }
}

/**
 * Times of a call that ended this many calendar months and a day ago. The term of six months of its recording counts
 * from its end.
 */
export function callOfMonthsAgo(months: number): Pick<SegmentFacts, 'startedAt' | 'answeredAt' | 'endedAt'> {
  const endedAt = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').subtract({ months, days: 1 }).toInstant()
  return { startedAt: endedAt.subtract({ minutes: 5 }), answeredAt: endedAt.subtract({ minutes: 4 }), endedAt }
}

function today(): Temporal.PlainDate {
  return Temporal.Now.plainDateISO('UTC')
}

/** Writes two G.711 A-law streams in which every sample differs from the next. */
async function writeSealed(
  directory: string,
  call: { id: string; startedAt: Temporal.Instant; packets: number; intakeKey: string } & Pick<RecordedCall, 'script'>,
) {
  const { id, startedAt, intakeKey } = call
  const writer = await createRecordingWriter({ id, directory, intakePublicKey: intakeKey, startedAt })
  if (call.script) {
    call.script(writer)
    return writer.finish(call.packets * 200)
  }
  const codecs = [{ payloadType: 8, codec: 'PCMA', clockRate: 8000 } as const]
  writer.source(0, 1, 0, 0, codecs)
  writer.source(1, 2, 0, 0, codecs)
  writer.mark('mapping', 0, { streams: { '0': 'caller', '1': 'official' } })
  for (let n = 0; n < call.packets; n++) {
    for (const stream of [0, 1]) {
      const payload = Buffer.from(Array.from({ length: 160 }, (_, i) => (n * 7 + i * 13 + stream * 101) & 0xff))
      writer.packet(stream, 8, n === 0, n, n * 160, n * 200, payload, 0, payload.length)
    }
  }
  return writer.finish(call.packets * 200)
}
