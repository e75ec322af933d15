/**
 * A register with recordings to be disclosed, and the custodian's own parts that make copies and packages of them. No part is a
 * stand-in; only hours of listening are recorded as if they had passed.
 */
import { createHash, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { followVersions } from '#app/roles/follow-versions.ts'
import { startAnonymisedCopies } from '#app/custodian/jobs/anonymised-copies.ts'
import { startPackages } from '#app/custodian/jobs/packages.ts'
import { seedDescriptionFile } from '#description/read-description.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { setRolePasswords } from '#platform/database/role-passwords.ts'
import { makeLog } from '#platform/log/log.ts'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import { admit } from '#register/admit.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import { readAtRest } from '#register/recordings/at-rest.ts'
import { bodyKey, headerKey, packageKey } from '#register/recordings/objects.ts'
import { createRecordingWriter } from '#register/recordings/recording-writer.ts'
import type { RegisterTables } from '#register/tables.ts'
import { makeLogKey } from '#safeguards/audit/log-key.ts'
import { intakeKeySource } from '#safeguards/keys/intake-key-source.ts'
import { makeIntakeBatches } from '#safeguards/keys/intake-keys.ts'
import { openKeyFolder } from '#safeguards/keys/key-folder.ts'
import type { Session } from '#safeguards/people/session.ts'
import { installDescription } from '#safeguards/versions/versions.ts'
import { callFacts, enterTestPerson, phone, recordingFacts } from '#test/database/people.ts'
import { beginCopy, checkCopy } from '#use/disclosure/copies/copy-acts.ts'
import type { CopyView } from '#use/disclosure/copies/edit-copy.ts'
import { storeDisclosureRules } from '#use/disclosure/disclosure-rules.ts'
import { recordingsInPackage } from '#use/disclosure/packages/recordings-in-package.ts'
import { decideResearch } from '#use/disclosure/research/decide-research.ts'
import { readResearch } from '#use/disclosure/research/read-research.ts'
import { addInstitute } from '#use/disclosure/research/institutes.ts'
import { beginResearch, fileUndertaking, pickItem } from '#use/disclosure/research/prepare-research.ts'
import type { LongCall } from './long-calls.ts'

const password = 'only-for-the-bench'
const roles = ['seloste_desk', 'seloste_custodian', 'seloste_capture'] as const
const packetSamples = 160
const packetMs = 20
const number = phone('029 497 000')

export interface Progress {
  /** Copies or files that are complete. */
  done: number
  /** Why one of them failed. */
  failed: string | undefined
  /** Progress as shown to a person. */
  share: number
}

export async function openBenchRegister(folder: string) {
  const log = { info: () => undefined, warn: (message: string) => void process.stderr.write(`${message}\n`) }
  const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'database'), log })
  await migrate(server.adminUrl())
  await setRolePasswords(server.adminUrl(), Object.fromEntries(roles.map((role) => [role, password])))
  const connect = (url: string) =>
    connectDatabase<RegisterTables>({ url, applicationName: 'bench', size: 10, onIdleError: () => undefined })
  const admin = connect(server.adminUrl())
  const custodianUrl = server.urlFor('seloste_custodian', password, 'postgres')
  const custodian = connect(custodianUrl)
  const desk = connect(server.urlFor('seloste_desk', password, 'postgres'))
  const capture = connect(server.urlFor('seloste_capture', password, 'postgres'))
  await installDescription(admin.db, await readFile(seedDescriptionFile, 'utf8'), seedDescriptionFile)

  const objects = await openDirectoryStore(join(folder, 'objects'))
  const keys = await openKeyFolder(join(folder, 'keys'))
  await makeIntakeBatches(custodian.db, keys, generateKeyPair, 16)
  const nextKey = intakeKeySource(capture.db, randomUUID())
  await makeLogKey(keys, 'bench')
  const store = { db: custodian.db, objects, keys, workFolder: join(folder, 'custodian') }
  const versions = await followVersions({ db: custodian.db, databaseUrl: custodianUrl, onFault: report })
  const { disclosure: rules } = versions.at(systemClock.now()).description
  await storeDisclosureRules(custodian.db, { ...rules, research: true })
  const stored = {
    ...{ store, pool: custodian.pool, versions, clock: systemClock },
    log: makeLog({ name: 'custodian', write: (line) => void process.stderr.write(line), pretty: false, level: 'warn' }),
  }
  const anonymised = await startAnonymisedCopies(stored)
  const packages = await startPackages(stored)
  const questions = { ...anonymised.jsonHandlers, ...packages.jsonHandlers }
  const request = async (path: string, question: object) => {
    const answer = (await questions[path]!(question as never)) as Record<string, unknown>
    if ('refused' in answer) throw new Error(`${path} was refused: ${JSON.stringify(answer)}`)
    return answer
  }

  const enter = async (name: string, right: object) => {
    const person = await enterTestPerson(admin.db, desk.db, { name, right: right as never })
    return { ...person, session: await person.signIn() }
  }
  const ofNumber = { kind: 'numbers', units: [], numbers: [number] }
  const expert = { role: 'EXPERT', duty: 'QUALITY', purposes: ['SERVICE_LEVEL_STUDY'], scope: ofNumber }
  const preparer = await enter('Eero', expert)
  const checker = await enter('Kaisa', expert)
  const none = { kind: 'none', units: [], numbers: [] }
  const decider = await enter('Riitta', { role: 'DECISION_MAKER', purposes: [], scope: none })

  const { recipient, identity } = generateKeyPair()
  const dueOn = Temporal.Now.plainDateISO('Europe/Helsinki').add({ days: 30 })
  const disclosure = await beginDisclosure(preparer.session)

  async function beginDisclosure(session: Session): Promise<string> {
    const institute = answered(
      await addInstitute(desk.db, session, {
        ...{ name: 'Institute', contact: 'Desk', email: 'desk@institute.example', language: 'en', recipient },
      }),
    )
    const begun = { instituteId: institute.id, study: 'Bench', dueOn, format: 'OPUS' as const }
    return answered(await beginResearch(desk.db, session, begun)).id
  }

  async function record({ caller, official }: LongCall): Promise<string> {
    const id = randomUUID()
    const packets = caller.length / packetSamples
    const ms = packets * packetMs
    const endedAt = Temporal.Now.instant().subtract({ minutes: 1 })
    const startedAt = endedAt.subtract({ milliseconds: ms })
    const intakeDay = Temporal.Now.plainDateISO('UTC')
    const intakePublicKey = await nextKey()
    const writer = await createRecordingWriter({ id, directory: folder, intakePublicKey, startedAt })
    const codecs = [{ payloadType: 8, codec: 'PCMA', clockRate: 8000 } as const]
    writer.source(0, 1, 0, 0, codecs)
    writer.source(1, 2, 0, 0, codecs)
    writer.mark('mapping', 0, { streams: { '0': 'caller', '1': 'official' } })
    for (let n = 0; n < packets; n++) {
      for (const [stream, sound] of [caller, official].entries()) {
        const at = n * packetSamples
        writer.packet(stream, 8, n === 0, n, at, n * 200, sound, at, at + packetSamples)
      }
      // Yields to the writer, which has no backpressure: ten minutes of audio arrive at once.
      if (n % 500 === 0) await sleep(2)
    }
    const finished = await writer.finish(packets * 200)
    await objects.moveIn(headerKey(id), finished.headerPath)
    await objects.moveIn(bodyKey(id), finished.bodyPath)
    const facts = callFacts({ startedAt, answeredAt: startedAt, endedAt, numberReached: { key: number } })
    const sha256 = Buffer.from(finished.sha256, 'hex')
    await admit(capture.db, {
      ...{ ...facts, decision: { record: true, reason: 'drawn' } },
      recording: recordingFacts({
        ...{ id, startedAt, endedAt, intakeDay, intakeKey: intakePublicKey },
        stored: {
          ...{ sizeBytes: finished.sizeBytes, sha256, incomplete: false },
          ...{ packetsReceived: 2 * packets, packetsLost: 0 },
        },
      }),
    })
    await ingestRecording(store, id, systemClock.now())
    return id
  }

  /** Stores that the preparer has played the whole recording, without playing it. */
  async function insertFullPlayback(recording: string): Promise<void> {
    const hash = createHash('sha256').update(preparer.session.token).digest()
    await sql`
      with l as (
        insert into listening (id, recording_id, person_id, right_id, session_hash, role, purpose, started_at, until, ended_at)
        select gen_random_uuid(), ${recording}, ${preparer.id}, r.id, ${hash}, 'EXPERT', 'SERVICE_LEVEL_STUDY', now(), now(), now()
        from access_right r where r.person_id = ${preparer.id} limit 1 returning id
      ) insert into listening_range (listening_id, from_ms, to_ms) select id, 0, 86400000 from l`.execute(admin.db)
  }

  const revisions = new Map<string, number>()

  /**
   * Saves the copy with every proposed redaction, and redacts whole turns in which somebody could still be identified.
   * @returns the saved revision
   */
  async function saveRedactions(copy: string, turns: CopyView['turns']): Promise<number> {
    const copyRequest = { session: preparer.session.token, copy }
    const proposed = (await request('/anonymised-copies/propose', { ...copyRequest, turns })) as Pick<
      CopyView,
      'redactions'
    >
    const redactions = proposed.redactions.map((one) => ({ ...one, isReviewed: true }))
    const save = async (revision: number) =>
      (await request('/anonymised-copies/save', { ...copyRequest, revision, level: 'T', turns, redactions }))[
        'revision'
      ] as number
    const first = await save(0)
    const { lacks } = (await request('/anonymised-copies/read', copyRequest)) as Pick<CopyView, 'lacks'>
    const unsafeTurns = lacks.flatMap(({ what, at = [] }) => (what === 'identifiers-left' ? at : []))
    for (const { track, fromMs, toMs } of unsafeTurns.map((index) => turns[index]!))
      redactions.push({ track, fromMs, toMs, reason: 'OTHER', source: 'MANUAL', isReviewed: true })
    return unsafeTurns.length === 0 ? first : save(first)
  }

  return {
    /** Makes copies that are ready to be rendered: recorded, picked, played, transcribed and saved. */
    async copiesOf(calls: readonly LongCall[]): Promise<string[]> {
      const copies: string[] = []
      for (const call of calls) {
        const recording = await record(call)
        const { item } = answered(await pickItem(desk.db, preparer.session, disclosure, recording))
        const { id } = answered(await beginCopy(desk.db, preparer.session, disclosure, item))
        await insertFullPlayback(recording)
        revisions.set(id, await saveRedactions(id, call.turns))
        copies.push(id)
      }
      return copies
    },
    render: (copy: string) =>
      request('/anonymised-copies/render', {
        ...{ session: preparer.session.token, copy, revision: revisions.get(copy) },
      }),
    async renderedOf(copies: readonly string[]): Promise<Progress> {
      const { rows } = await sql<{ state: string; failure: string | null }>`
        select state, failure from anonymised_copy where id = any (${copies}::uuid[])`.execute(admin.db)
      const done = rows.filter(({ state }) => state === 'RENDERED').length
      return { done, failed: rows.find(({ failure }) => failure !== null)?.failure ?? undefined, share: done }
    },
    /** Stores full playback by the checker, approves each copy as the checker, files the undertaking and grants the request. */
    async approveAndGrant(copies: readonly string[]): Promise<void> {
      for (const copy of copies) {
        await sql`
          with h as (
            insert into copy_hearing (copy_id, recording_id, revision, rendered_at, person_id, right_id, session_hash, until, ended_at, end_why)
            select c.id, c.recording_id, c.revision, c.rendered_at, ${checker.id}, r.id, ''::bytea, now(), now(), 'time'
            from anonymised_copy c, access_right r where c.id = ${copy} and r.person_id = ${checker.id} limit 1 returning id
          ) insert into copy_hearing_range (hearing_id, from_ms, to_ms) select id, 0, 86400000 from h`.execute(admin.db)
        const judged = { revision: revisions.get(copy)!, outcome: 'APPROVED' as const }
        answered(await checkCopy(desk.db, checker.session, copy, judged))
      }
      const signedOn = Temporal.Now.plainDateISO('Europe/Helsinki')
      const undertaking = { reference: 'B-1', signatory: 'N. N.', signedOn }
      answered(await fileUndertaking(desk.db, preparer.session, disclosure, undertaking))
      const { seen } = answered(await readResearch(desk.db, decider.session, disclosure))
      const decision = { outcome: 'GRANTED' as const, reasons: 'Bench.', seen }
      answered(await decideResearch(desk.db, decider.session, disclosure, decision))
    },
    async release(): Promise<{ id: string }> {
      const requested = {
        session: decider.session.token,
        kind: 'RESEARCH',
        disclosure,
        method: 'KEY',
        delivery: 'LINK',
      }
      return (await request('/packages/make', requested)) as { id: string }
    },
    async packedOf(id: string): Promise<Progress> {
      const { rows } = await sql<{ files: number; done: number; ready: boolean; has_ended: boolean }>`
        select files, done, ready_at is not null as ready, ended_at is not null as has_ended
        from disclosure_package where id = ${id}`.execute(admin.db)
      const { files, done, ready, has_ended: hasEnded } = rows[0]!
      return { done: ready ? files : 0, failed: hasEnded ? 'the package was ended' : undefined, share: done }
    },
    async packageOf(id: string): Promise<{ file: Buffer; identity: string }> {
      const size = await objects.sizeBytes(packageKey(id))
      const store = { db: custodian.db, objects, keys }
      const recordings = await recordingsInPackage(custodian.db, id)
      const stored = { object: packageKey(id), id, recordings, mayBePlain: false }
      return { file: (await readAtRest(store, stored, 0, size))!, identity }
    },
    async stop(): Promise<void> {
      await anonymised.stop()
      await packages.stop()
      await versions.stop()
      for (const { close } of [admin, custodian, desk, capture]) await close()
      await server.stop()
    },
  }
}

function answered<Answer>(answer: Answer): Exclude<Answer, { refused: string }> {
  if (typeof answer === 'object' && answer !== null && 'refused' in answer)
    throw new Error(`refused: ${JSON.stringify(answer)}`)
  return answer as Exclude<Answer, { refused: string }>
}

function report(error: unknown): void {
  process.stderr.write(`${String(error)}\n`)
}
