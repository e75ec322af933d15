/** Opens a register with recordings, a supervisor who listens to them, and the custodian's part of playback. */
import type { SegmentFacts } from '#register/admit.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { requestGrant, type Grant } from '#safeguards/access/grant.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { Pace } from '#register/recordings/pace.ts'
import { createAudioServer } from '#use/playback/serve-audio.ts'
import { startListening } from '#use/playback/start-listening.ts'
import type { TestDatabase } from '../database/create-test-database.ts'
import { colleagueOf, enterTestPerson, type TestPerson } from '../database/people.ts'
import { makeTestRegister, type RecordedCall } from './make-register.ts'

/** Serves audio without a rate limit. */
const atOnce: Pace = { leadMs: Infinity, pieceMs: 0 }

/** Call it at the top of a test file. */
export async function openPlayback(database: TestDatabase<RegisterTables>, pace: Pace = atOnce) {
  const register = await makeTestRegister(database)
  const admin = database.as().db
  const desk = database.as('seloste_desk').db
  const custodian = database.as('seloste_custodian').db
  const server = createAudioServer(custodian, register.objects, register.keys, pace)
  const now = () => Temporal.Now.instant()

  const supervisor = (until?: Temporal.Instant) =>
    enterTestPerson(admin, desk, {
      name: 'Sari',
      right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit', ...(until && { until }) },
    })
  const sari = await supervisor()

  async function grantFor(session: Session): Promise<Grant> {
    const grant = await requestGrant(desk, session, { purpose: 'QUALITY', action: 'listening.started' }, now())
    if ('refused' in grant) throw new Error(grant.refused)
    return grant
  }

  /** Makes a recorded call that an official of the supervisor's unit answered; not yet ingested. */
  const record = (facts?: Partial<SegmentFacts>, call?: RecordedCall) =>
    register.record({ official: colleagueOf(sari), ...facts }, call)

  async function makeRecording(facts?: Partial<SegmentFacts>, call?: RecordedCall) {
    const recording = await record(facts, call)
    if (!(await ingestRecording(register.ingest, recording.id, now()))) throw new Error('the recording was not kept')
    return recording
  }

  async function listenTo(recordingId: string, user?: TestPerson) {
    const session = await (user ?? sari).signIn()
    const listening = await startListening(desk, await grantFor(session), recordingId, now())
    if (typeof listening === 'string') throw new Error(listening)
    return { session, listening, ask: { session: session.token, listening: listening.id } }
  }

  async function bytesOf(request: { session: string; listening: string }, from: number, to?: number): Promise<Buffer> {
    const served = await server.audio({ ...request, from, ...(to !== undefined && { to }) })
    if (typeof served === 'string') throw new Error(served)
    if ('over' in served) throw new Error(served.over)
    if (served.from !== from) throw new Error(`asked from ${from}, served from ${served.from}`)
    return served.bytes
  }

  return {
    ...{ register, admin, desk, custodian, server, now, sari, supervisor },
    ...{ grantFor, record, makeRecording, listenTo, bytesOf },
  }
}
