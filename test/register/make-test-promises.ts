/**
 * Makes a register in which every promise holds: calls decided by the plan, recordings ingested, destroyed by their
 * term and by a caller's prohibition, people who viewed and listened, a finished sweep. Returns its parts, and how to
 * check its promises. All parts are real.
 */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Kysely } from 'kysely'
import { decideRecording } from '#description/decide-recording.ts'
import { monthsInForce } from '#description/term-steps.ts'
import { hashCallId } from '#description/draw.ts'
import { seedDescriptionFile } from '#description/read-description.ts'
import { sweep } from '#destruction/retention/sweep.ts'
import { admit, type SegmentFacts } from '#register/admit.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { makeLogKey } from '#safeguards/audit/log-key.ts'
import type { Signer } from '#safeguards/audit/note.ts'
import { recordWholeLog } from '#test/audit/record-whole-log.ts'
import { requestGrant } from '#safeguards/access/grant.ts'
import { installDescription, readVersions, type DescriptionVersion } from '#safeguards/versions/versions.ts'
import { checkPromises } from '#use/evidence/check-promises.ts'
import { recordWorkDone } from '#use/evidence/record-work-done.ts'
import type { CheckContext } from '#use/evidence/promise.ts'
import { reportVersionInUse } from '#use/evidence/report-version-in-use.ts'
import type { EvidenceTables } from '#use/evidence/tables.ts'
import { createAudioServer } from '#use/playback/serve-audio.ts'
import { startListening } from '#use/playback/start-listening.ts'
import { readContact } from '#use/search/read-contact.ts'
import type { TestDatabase } from '../database/create-test-database.ts'
import { callFacts, enterTestPerson, phone, recordingFacts, type TestPerson } from '../database/people.ts'
import { makeDestroyer } from './destroy-recordings.ts'
import { callOfMonthsAgo, makeTestRegister, type RecordedSegment, type TestRegister } from './make-register.ts'

const drawKey = Buffer.alloc(32, 7)
const now = () => Temporal.Now.instant()

export interface TestPromises {
  register: TestRegister
  /** Key that signs the proofs. */
  key: Signer
  version: DescriptionVersion
  /** The official who answered, and a colleague. */
  aino: TestPerson
  colleague: TestPerson
  /** A person of technical maintenance. */
  matti: TestPerson
  /** Ingested recordings: one answered by Aino, one by her colleague, and one that is past its minimum. */
  recordings: { ainos: RecordedSegment; colleagues: RecordedSegment; older: RecordedSegment }
  /** Destroyed recordings: one by its term, and one by its caller's prohibition. */
  destroyed: { byTerm: RecordedSegment; byCaller: RecordedSegment }
  /** Builds facts of a call for which the plan decides as requested; does not enter the call. */
  decide: (record: boolean, given?: Partial<SegmentFacts>) => SegmentFacts
  /** Enters a call as capture does, recorded as the plan decided or otherwise. */
  enter: (facts: SegmentFacts, otherwise?: { recorded: boolean }) => Promise<SegmentFacts>
  makeContext: (given?: Partial<CheckContext>) => Promise<CheckContext>
  check: (given?: Partial<CheckContext>) => ReturnType<typeof checkPromises>
  /** Runs statements with the database's guards disabled. */
  tamper: (...statements: string[]) => Promise<void>
}

/** Call it at the top of a test file. */
export async function makeTestPromises(database: TestDatabase<RegisterTables>): Promise<TestPromises> {
  const register = await makeTestRegister(database)
  const { db: admin, pool } = database.as()
  const desk = database.as('seloste_desk').db
  const capture = database.as('seloste_capture').db
  const custodian = database.as('seloste_custodian').db

  async function tamper(...statements: string[]): Promise<void> {
    const client = await pool.connect()
    try {
      await client.query('begin; set local session_replication_role = replica')
      for (const statement of statements) await client.query(statement)
      await client.query('commit')
    } finally {
      client.release(true)
    }
  }

  // Takes the seed's text with its end dates as far ahead as when it was written.
  const later = Temporal.Now.plainDateISO('Europe/Helsinki').add({ months: 6 }).toString()
  const text = (await readFile(seedDescriptionFile, 'utf8'))
    .replace(/until: [\d-]+/, `until: ${later}`)
    .replace(/nextReview: [\d-]+/, `nextReview: ${later}`)
  await tamper(
    'delete from described_role',
    'delete from description_version',
    `delete from audit_entry where action = 'description.installed'`,
  )
  await installDescription(admin, text, 'the seed')
  await tamper(`update description_version set approved_at = approved_at - interval '1 day'`)
  const [version] = await readVersions(custodian)
  if (!version) throw new Error('no description')

  function decide(record: boolean, given: Partial<SegmentFacts> = {}): SegmentFacts {
    const facts = callFacts(given)
    for (;;) {
      const callIds = [`sipCallId:${randomUUID()}`]
      const decision = decideRecording({
        version: version as DescriptionVersion,
        drawKey,
        drawnOn: hashCallId(callIds[0] ?? ''),
        numberReached: facts.numberReached.key,
        answeredAt: facts.answeredAt ?? facts.startedAt,
        viaSwitchboard: false,
        quotaUsed: () => 0,
      })
      if (decision.record === record) return { ...facts, callIds, decision }
    }
  }

  /** Returns the months of the number's rule; six for a call that should not be recorded. */
  const monthsOf = ({ numberReached }: SegmentFacts) =>
    monthsInForce(version.description, now()).get(numberReached.key) ?? 6

  async function enter(facts: SegmentFacts, { recorded } = { recorded: facts.decision.record }): Promise<SegmentFacts> {
    const { answeredAt, startedAt, endedAt } = facts
    const months = monthsOf(facts)
    const recording = recorded && { recording: recordingFacts({ startedAt: answeredAt ?? startedAt, endedAt, months }) }
    await admit(capture, { ...facts, ...recording })
    return facts
  }

  const official = (person: TestPerson, name: string) => ({
    official: { personId: person.id, unitId: person.unitId, name, phone: phone('029 512 1001') },
  })
  const enterOfficial = (name: string) =>
    enterTestPerson(admin, desk, {
      name,
      ownHash: true,
      right: { role: 'OFFICIAL', purposes: ['DEVELOPMENT'], scope: { kind: 'own', units: [], numbers: [] } },
    })
  const aino = await enterOfficial('Aino')
  const colleague = await enterOfficial('Kaisa')
  const matti = await enterTestPerson(admin, desk, {
    name: 'Matti',
    ownHash: true,
    right: { role: 'MAINTENANCE', purposes: ['MAINTENANCE'], scope: { kind: 'all', units: [], numbers: [] } },
  })

  for (let call = 0; call < 22; call++) await enter(decide(false))
  await enter(decide(false, { ...official(aino, 'Aino'), caller: { kind: 'withheld', key: null, raw: null } }))
  const switchboard = phone('029 512 000')
  await enter(
    decide(false, {
      numberCalled: { key: switchboard, kind: 'SWITCHBOARD' },
      numberReached: { key: switchboard },
    }),
  )
  const recordOne = async (given: Partial<SegmentFacts>, months?: number) => {
    const facts = decide(true, given)
    const recording = await register.record(facts, { months: months ?? monthsOf(facts) })
    await ingestRecording(register.ingest, recording.id, now())
    return recording
  }
  const ainos = await recordOne(official(aino, 'Aino'))
  const colleagues = await recordOne(official(colleague, 'Kaisa'))
  const older = await recordOne({ ...official(aino, 'Aino'), ...callOfMonthsAgo(3) })
  const byTerm = await recordOne(callOfMonthsAgo(6))
  const byCaller = await recordOne({})

  for (const [person, purpose, reference] of [
    [aino, 'DEVELOPMENT', undefined],
    [matti, 'MAINTENANCE', 'fault 7'],
  ] as const) {
    const session = await person.signIn()
    const request = { purpose, reference, action: 'contact.read' as const }
    const grant = await requestGrant(desk, session, request, now())
    if ('refused' in grant) throw new Error(grant.refused)
    await readContact(desk, grant, ainos.contactId)
    const listening = await startListening(desk, grant, ainos.id, now())
    if (typeof listening === 'string') throw new Error(listening)
    const audio = createAudioServer(custodian, register.objects, register.keys)
    await audio.audio({ session: session.token, listening: listening.id, from: 0, to: 4000 })
  }

  const destroyer = makeDestroyer(database, register)
  await destroyer.destroy(byCaller.id)
  await sweep(destroyer.expunging, now())
  await recordWorkDone(custodian, 'sweep', now())
  for (const db of [desk, capture, custodian]) await reportVersionInUse(db, randomUUID(), version)
  const key = await makeLogKey(register.keys, 'test')
  await recordWholeLog(custodian, key)

  async function makeContext(given: Partial<CheckContext> = {}): Promise<CheckContext> {
    // If a test has corrupted the text, it is refused, and the versions read earlier must be given.
    const versions = given.versions ?? (await readVersions(custodian))
    return {
      db: custodian as unknown as Kysely<RegisterTables & EvidenceTables>,
      versions,
      version: versions[0] as DescriptionVersion,
      now: now(),
      objects: register.objects,
      keys: register.keys,
      places: [
        { name: 'data', at: { kind: 'folder', folder: register.folder } },
        { name: 'objects', at: { kind: 'folder', folder: register.folder } },
      ],
      drawKey,
      afresh: true,
      ...given,
    }
  }

  return {
    register,
    key,
    version,
    aino,
    colleague,
    matti,
    recordings: { ainos, colleagues, older },
    destroyed: { byTerm, byCaller },
    decide,
    enter,
    makeContext,
    check: async (given) => checkPromises(await makeContext(given)),
    tamper,
  }
}
