import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { contentHash, vconUuid, writeVcon } from '#platform/vcon/write-vcon.ts'
import { admitImported, beginImport, findImported } from '#register/admit-imported.ts'
import { admit, type SegmentFacts } from '#register/admit.ts'
import { compareImported } from '#register/compare-imported.ts'
import { expungeRecordings } from '#register/expunge.ts'
import { bodyKey } from '#register/recordings/objects.ts'
import { ingestRecording, recordingsToIngest } from '#register/recordings/ingest-recording.ts'
import { destructionTime } from '#register/register-time.ts'
import type { RegisterTables } from '#register/tables.ts'
import { claimIntakeBatches, makeIntakeBatches } from '#safeguards/keys/intake-keys.ts'
import { readDirectory } from '#safeguards/people/people.ts'
import { withoutCopies } from '#safeguards/places/copies.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, enterTestPerson, phone } from '#test/database/people.ts'
import { recordProhibition } from '#test/register/destroy-recordings.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { servedRequest } from '#test/requests/served-request.ts'
import { termsByNumber } from './describe-entry.ts'
import { destroyOld } from './destroy-old.ts'
import { readImportMap } from './import-map.ts'
import { planImport } from './plan-import.ts'
import { runImport, tryImport, type FileReport, type ImportSink } from './run-import.ts'

const database = await createTestDatabase<RegisterTables>()
const { db, pool } = database.as()
const { objects, keys, ingest, folder: registerFolder } = await makeTestRegister(database)
const custodian = database.as('seloste_custodian').db
const versions = await readVersions(db)
const aino = await enterTestPerson(db, database.as('seloste_desk').db, { name: 'Aino', phone: '029 512 1001' })
const officials = await readDirectory(db)
const terms = termsByNumber({ versionAt: (at) => versionAt(versions, at), now: Temporal.Now.instant() })

const mapText = `source: Vanha tallennin
metadata: { format: csv, files: '*.csv' }
audio: { file: '{file}' }
zone: UTC
fields: { callId: [id], startedAt: [started], answeredAt: [answered], endedAt: [ended], caller: [caller], called: [called], official: [official], direction: [direction], sipCallId: [sip] }
`
let folder: string
let calls: Record<string, string>[]
const intakeKeys: string[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-old-'))
  calls = []
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const daysAgo = (days: number) =>
  Temporal.Now.instant()
    .round('second')
    .subtract({ hours: 24 * days })
let fileNumber = 0

/** Writes an audio file of two seconds with unique content. Adds its row to the metadata and returns the row. */
async function addCall(changed: Record<string, string> = {}, sound = wav(++fileNumber)) {
  const answered = daysAgo(3).subtract({ seconds: 60 * calls.length })
  const row = {
    id: randomUUID(),
    started: answered.subtract({ seconds: 5 }).toString(),
    answered: answered.toString(),
    ended: answered.add({ seconds: 2 }).toString(),
    caller: `040 ${String(1_000_000 + fileNumber)}`,
    called: '029 497 000',
    official: '029 512 1001',
    direction: 'incoming',
    sip: '',
    file: `${calls.length}.wav`,
    ...changed,
  }
  const isInside = !row.file.includes('..') && !row.file.startsWith('/')
  if (isInside && sound.length > 0) {
    await mkdir(dirname(join(folder, row.file)), { recursive: true })
    await writeFile(join(folder, row.file), sound)
  }
  calls.push(row)
  return row
}

function wav(n: number, seconds = 2): Buffer {
  const data = Buffer.from(Array.from({ length: 8000 * seconds }, (_, at) => (at * 31 + n * 17 + (at >> 8) * n) & 0xff))
  const head = Buffer.alloc(44)
  head.write('RIFF')
  head.writeUInt32LE(36 + data.length, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(6, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(8000, 24)
  head.writeUInt16LE(8, 34)
  head.write('data', 36)
  head.writeUInt32LE(data.length, 40)
  return Buffer.concat([head, data])
}

async function plan(text = mapText) {
  const columns = Object.keys(calls[0] ?? {})
  const rows = [columns.join(','), ...calls.map((row) => columns.map((name) => row[name]).join(','))]
  await writeFile(join(folder, 'calls.csv'), rows.join('\n'))
  const map = readImportMap(text, 'map.yaml')
  return { plan: await planImport(folder, map), work: workOf(map) }
}

function workOf(map: ReturnType<typeof readImportMap>) {
  const context = {
    versionAt: (at: Temporal.Instant) => versionAt(versions, at),
    officials,
    now: Temporal.Now.instant(),
  }
  return { folder, map, context, findImported: (digests: readonly string[]) => findImported(db, digests) }
}

const sink: ImportSink = {
  begin: (id) => beginImport(db, { id, source: 'Vanha tallennin', mapSha256: 'ab'.repeat(32), descriptionVersion: 1 }),
  admit: (id, facts, digests) => admitImported(db, id, facts, digests, terms),
  objects,
  workFolder: join(registerFolder, 'import'),
  nextIntakeKey: async () => {
    while (intakeKeys.length === 0) {
      const [batch] = await claimIntakeBatches(db, randomUUID(), 1)
      if (batch) intakeKeys.push(...batch.publicKeys)
      else await makeIntakeBatches(custodian, keys, generateKeyPair, 1)
    }
    return intakeKeys.pop()!
  },
  compare: async (except) => {
    for (const id of await recordingsToIngest(custodian, 100)) await ingestRecording(ingest, id, Temporal.Now.instant())
    return compareImported({ db, objects, keys }, except)
  },
}

async function importAll(text?: string) {
  const { plan: planned, work } = await plan(text)
  return runImport(planned, work, sink)
}

/** Returns the outcome of a trial import by file. */
async function trialOutcomes(text?: string): Promise<Record<string, string>> {
  const { plan: planned, work } = await plan(text)
  return outcomes(await tryImport(planned, work))
}

const outcomes = (files: readonly FileReport[]) =>
  Object.fromEntries(files.map(({ path, state, reason }) => [path, reason ?? state]))

describe('the recordings of an earlier recorder', () => {
  describe('of a run that was killed while the database admitted one', () => {
    /** Begins a run that ends before it admits its file; returns the statement that the database still has. */
    async function killedRun(): Promise<() => Promise<unknown>> {
      await addCall()
      const { plan: planned, work } = await plan()
      return new Promise((resolve) => {
        const admit: ImportSink['admit'] = (...file) => {
          resolve(() => sink.admit(...file))
          return new Promise(() => undefined)
        }
        void runImport(planned, work, { ...sink, admit })
      })
    }
    const imported = async (begin: ImportSink['begin']) => {
      const { plan: planned, work } = await plan()
      return runImport(planned, work, { ...sink, begin })
    }

    test('keep their sealed sound if the next run has looked for them already', async () => {
      const admitLate = await killedRun()
      const { files, compared, faulty } = await imported(async (id) => {
        await admitLate()
        await sink.begin(id)
      })
      expect({ outcomes: outcomes(files), compared, faulty }).toEqual({
        outcomes: { '0.wav': 'known' },
        compared: 1,
        faulty: [],
      })
    })

    test('are not admitted any more once the next run has begun', async () => {
      const admitLate = await killedRun()
      const { files, compared } = await imported(async (id) => {
        await sink.begin(id)
        await expect(admitLate()).rejects.toThrow('a later import has begun')
      })
      expect({ outcomes: outcomes(files), compared }).toEqual({ outcomes: { '0.wav': 'entered' }, compared: 1 })
    })
  })

  test('are imported with call, official and term, and compared with their files', async () => {
    const row = await addCall()
    const { files, compared, different } = await importAll()
    expect(outcomes(files)).toEqual({ '0.wav': 'entered' })
    expect({ compared, different }).toEqual({ compared: 1, different: [] })
    const { rows } = await pool.query(
      `select c.started_at::text, c.caller_key, s.official_person_id, s.official_name, s.decision_reason, r.state, r.kept_at is not null as kept,
        r.destroy_at = destruction_due_at(c.ended_at, 6) as on_term, i.compared_at is not null as compared
      from contact c join segment s on s.contact_id = c.id join recording r on r.segment_id = s.id
        join imported_recording i on i.recording_id = r.id
      where c.caller_key = $1`,
      [phone(row.caller)],
    )
    expect(rows).toEqual([
      expect.objectContaining({
        official_person_id: aino.id,
        official_name: 'Aino',
        decision_reason: 'imported',
        state: 'STORED',
        kept: true,
        on_term: true,
        compared: true,
      }),
    ])
  })

  test('are imported once, even under another name or in another list', async () => {
    await addCall()
    await importAll()
    expect(await trialOutcomes()).toEqual({ '0.wav': 'known' })
    await addCall({ file: 'again/other.wav' }, wav(fileNumber))
    expect(outcomes((await importAll()).files)).toEqual({ '0.wav': 'known', 'again/other.wav': 'known' })
    calls = []
    await addCall({ file: 'a.wav' })
    await addCall({ file: 'b.wav' }, wav(fileNumber))
    expect(Object.values(outcomes((await importAll()).files)).sort()).toEqual([
      'entered',
      'no-metadata',
      'no-metadata',
      'same-content',
    ])
  })

  /** Admits the call of a row as another system reports it, whose clock is ahead. */
  async function admitOf(row: Awaited<ReturnType<typeof addCall>>, changed: Partial<SegmentFacts> = {}, seconds = 3) {
    const [startedAt, answeredAt, endedAt] = (['started', 'answered', 'ended'] as const).map((name) =>
      Temporal.Instant.from(row[name]).add({ seconds }),
    )
    const caller = changed.caller ?? { kind: 'e164' as const, key: phone(row.caller), raw: null }
    const facts = callFacts({ ...changed, startedAt: startedAt!, answeredAt, endedAt, caller })
    await admit(db, facts)
    return facts
  }

  describe('whose local time is in the hour that clocks show twice', () => {
    const local = (at: Temporal.Instant) => at.toZonedDateTimeISO('Europe/Helsinki').toPlainDateTime().toString()
    const second = Temporal.Instant.from('2026-10-25T01:30:00Z')
    const inHelsinki = mapText.replace('zone: UTC', 'zone: Europe/Helsinki')
    /** Adds the file of a call of the second hour, with its times as clocks showed them, and admits the call. */
    async function addSecond(sip: string, changed: Partial<SegmentFacts>, minute: number, withoutStart = false) {
      const answered = second.add({ minutes: minute })
      const one = { started: answered.subtract({ seconds: 5 }), answered, ended: answered.add({ seconds: 20 }) }
      const shown = {
        started: withoutStart ? '' : local(one.started),
        answered: local(one.answered),
        ended: local(one.ended),
      }
      const row = await addCall({ ...shown, sip }, wav(++fileNumber, 20))
      const asRegistered = Object.fromEntries(Object.entries(one).map(([name, at]) => [name, at.toString()]))
      return admitOf({ ...row, ...asRegistered }, { ...(sip && { callIds: [`sipSessionId:${sip}`] }), ...changed }, 1)
    }

    test.each([
      ['without a common id', '', false],
      ['with a common id', 'twice@trunk', false],
      ['without the start of the call', '', true],
    ])('are not imported if the use of the call was forbidden, %s', async (_, sip, withoutStart) => {
      await addSecond(sip, { captureFailure: 'forbidden' }, fileNumber % 20, withoutStart)
      expect(Object.values(outcomes((await importAll(inHelsinki)).files))).toEqual(['not-to-be-recorded'])
    })

    test('are joined to their call in the history', async () => {
      const { segmentId, answeredAt } = await addSecond('', {}, 25)
      expect(Object.values(outcomes((await importAll(inHelsinki)).files))).toEqual(['joined'])
      const { rows } = await pool.query<{ started_at: Temporal.Instant }>(
        'select started_at from recording where segment_id = $1',
        [segmentId],
      )
      expect(rows[0]?.started_at.toString()).toBe(answeredAt!.toString())
    })
  })

  test('are joined to their call in the history, which never gets a second recording', async () => {
    const fed = await admitOf(await addCall())
    const { files } = await importAll()
    expect(outcomes(files)).toEqual({ '0.wav': 'joined' })
    const { rows } = await pool.query(
      `select r.started_at = s.answered_at as at_answer, s.decision_reason from recording r
      join segment s on s.id = r.segment_id where s.id = $1`,
      [fed.segmentId],
    )
    expect(rows).toEqual([{ at_answer: true, decision_reason: fed.decision.reason }])
    // Another file of the same conversation.
    calls[0]!['file'] = 'copy.wav'
    await writeFile(join(folder, 'copy.wav'), wav(++fileNumber))
    expect(outcomes((await importAll()).files)).toMatchObject({ 'copy.wav': 'same-talk' })
  })

  test('are one call if two files of one talk are imported at the same time', async () => {
    for (let talk = 0; talk < 16; talk++) {
      const one = await addCall()
      await addCall({ ...one, id: randomUUID(), file: `again-${talk}.wav` })
    }
    const { files } = await importAll()
    const counts = Object.groupBy(Object.values(outcomes(files)), (outcome) => outcome)
    expect(counts['entered']).toHaveLength(16)
    expect(counts['same-talk']).toHaveLength(16)
  })

  test('are not joined to a part that was not to be recorded, and get no call of their own', async () => {
    await admitOf(await addCall(), { captureFailure: 'forbidden' })
    await admitOf(await addCall(), { decision: { ...callFacts().decision, record: false, reason: 'conference' } })
    expect(Object.values(outcomes((await importAll()).files))).toEqual(['not-to-be-recorded', 'not-to-be-recorded'])
  })

  describe('whose calls last a minute', () => {
    const ainos = { personId: aino.id, name: 'Aino', phone: phone('029 512 1001') }
    let days = 10
    /** Adds the file of a call of one minute, on a day on which no other call is. */
    const addMinute = (changed: Record<string, string> = {}) =>
      addCall({ ...timesOf(daysAgo(++days), 60), ...changed }, wav(++fileNumber, 60))
    const outcome = async () => Object.values(outcomes((await importAll()).files))
    const newest = async () => {
      const { rows } = await pool.query<{ id: string; segment: string }>(
        `select i.recording_id as id, r.segment_id as segment from imported_recording i join recording r on r.id = i.recording_id
         order by i.admitted_at desc limit 1`,
      )
      return rows[0]!
    }
    const forbidAndDestroy = async (id: string) => {
      await recordProhibition(database, id)
      await expungeRecordings(
        { db: custodian, objects, keys, copies: withoutCopies, workFolder: ingest.workFolder },
        [{ id, cause: 'caller', doneBy: 'test', deadline: Temporal.Now.instant().add({ hours: 1 }) }],
        Temporal.Now.instant(),
      )
    }

    test.each<[string, Record<string, string>, Partial<SegmentFacts>, number]>([
      ['the clocks differ by 15 s', {}, {}, 15],
      [
        'the clocks differ by 15 s and the call has its id',
        { sip: 'aa12@trunk' },
        { callIds: ['sipSessionId:aa12@trunk'] },
        15,
      ],
      ['the file has another number of the official', { official: '029 512 1777' }, { official: ainos }, 1],
      [
        'the file has another official',
        { official: '029 512 1777' },
        { official: { ...ainos, personId: undefined } },
        1,
      ],
      [
        'both lack the caller’s number',
        { caller: 'anonymous' },
        { caller: { kind: 'withheld', key: null, raw: null } },
        1,
      ],
      [
        'the caller withheld the number and the file has no official',
        { official: '' },
        { official: ainos, caller: { kind: 'withheld', key: null, raw: null } },
        1,
      ],
      [
        'the caller withheld the number and the file has an unknown number of the official',
        { official: '029 512 1777' },
        { official: ainos, caller: { kind: 'withheld', key: null, raw: null } },
        1,
      ],
      [
        'the file has neither caller nor official',
        { caller: 'anonymous', official: '' },
        { official: ainos, caller: { kind: 'e164', key: phone('040 555 1234'), raw: null } },
        1,
      ],
      [
        'the file has an extension as caller, and no official',
        { caller: '1001', official: '' },
        { official: ainos, caller: { kind: 'e164', key: phone('040 555 1234'), raw: null } },
        1,
      ],
      ['the history has neither caller nor official', {}, { caller: { kind: 'withheld', key: null, raw: null } }, 1],
      [
        'only the call’s id is the same',
        { sip: 'bb12@trunk', official: '' },
        {
          ...{ callIds: ['sipSessionId:bb12@trunk'], official: ainos },
          caller: { kind: 'withheld', key: null, raw: null },
        },
        15,
      ],
    ])('are not imported if the use of the call was forbidden, also if %s', async (_, changed, facts, seconds) => {
      await admitOf(await addMinute(changed), { captureFailure: 'forbidden', ...facts }, seconds)
      expect(await outcome()).toEqual(['not-to-be-recorded'])
    })

    test('are imported if another caller’s call, of another official, has the same number and times', async () => {
      const caller = { kind: 'withheld' as const, key: null, raw: null }
      const bertil = await enterTestPerson(db, database.as('seloste_desk').db, {
        name: 'Bertil',
        phone: '029 512 1004',
      })
      await admitOf(await addMinute(), {
        captureFailure: 'forbidden',
        ...{ caller, official: { personId: bertil.id, name: 'Bertil', phone: phone('029 512 1004') } },
      })
      expect(await outcome()).toEqual(['entered'])
    })

    test.each(['switchboard', 'forwarded', 'unknown-number', 'no-announcement', 'no-consent', 'no-official'])(
      'are not joined to a part that was not recorded for the reason %s',
      async (reason) => {
        const decision = { ...callFacts().decision, record: false, reason }
        await admitOf(await addMinute(), { decision })
        expect(await outcome()).toEqual(['not-to-be-recorded'])
      },
    )

    test('are not joined to a part that became a conference', async () => {
      const row = await addMinute()
      const first = await admitOf(row)
      await admitOf(row, {
        ...{
          contactId: first.contactId,
          callIds: first.callIds,
          official: { name: 'Bertil', phone: phone('029 512 1002') },
        },
        ...{ answeredAt: first.answeredAt!.add({ seconds: 20 }), decision: { record: false, reason: 'conference' } },
      })
      expect(await outcome()).toEqual(['not-to-be-recorded'])
    })

    test('are not imported again from another file, after the call was corrected, forbidden and destroyed', async () => {
      await addMinute()
      expect(await outcome()).toEqual(['entered'])
      const { id, segment } = await newest()
      const bertil = await enterTestPerson(db, database.as('seloste_desk').db, {
        name: 'Bertil',
        phone: '029 512 1003',
      })
      await pool.query(
        `begin; set local session_replication_role = replica; update segment set official_person_id = '${bertil.id}',
          official_unit_id = '${bertil.unitId}', official_phone = '${phone('029 512 1003')}' where id = '${segment}'; commit`,
      )
      await forbidAndDestroy(id)
      calls[0]!['file'] = 'copy.wav'
      await writeFile(join(folder, 'copy.wav'), wav(++fileNumber, 60))
      expect(await outcome()).toContain('same-talk')
    })

    test('are not imported again from another file whose clock differs by 15 s, after the recording was destroyed', async () => {
      const row = await addMinute()
      expect(await outcome()).toEqual(['entered'])
      await forbidAndDestroy((await newest()).id)
      const { started, ...rest } = row
      calls = []
      await addCall(
        { ...rest, ...timesOf(Temporal.Instant.from(started).add({ seconds: 15 }), 60) },
        wav(++fileNumber, 60),
      )
      expect(await outcome()).toEqual(['same-talk'])
    })

    test('get the number and the term that the history has', async () => {
      const numberReached = { key: phone('029 497 010') }
      const { segmentId } = await admitOf(await addMinute(), { numberReached, official: ainos })
      expect(await outcome()).toEqual(['joined'])
      const { rows } = await pool.query(
        'select number_reached, recording_months from recording where segment_id = $1',
        [segmentId],
      )
      expect(rows).toEqual([{ number_reached: numberReached.key, recording_months: terms[numberReached.key] }])
      await admitOf(await addMinute(), { numberReached: { key: phone('029 497 999') }, official: ainos })
      expect(await outcome()).toContain('number-not-recorded')
    })

    test('are joined to the same caller’s and official’s call if the clocks differ by 15 s', async () => {
      await admitOf(await addMinute(), { official: ainos }, 15)
      expect(await outcome()).toEqual(['joined'])
    })

    test('that overlap an unrecorded call of the caller with another official are reported and not imported', async () => {
      await admitOf(await addMinute(), { official: { name: 'Bertil', phone: phone('029 512 1002') } })
      expect(await outcome()).toEqual(['differs-from-history'])
    })

    test('are all imported if the recorder began a new file within the call, as after a hold', async () => {
      const row = await addMinute({ sip: 'hold@trunk' })
      const resumed = Temporal.Instant.from(row.ended).add({ seconds: 2 })
      await addCall({ ...row, ...timesOf(resumed, 60), id: randomUUID(), file: 'b.wav' }, wav(++fileNumber, 60))
      expect(await outcome()).toEqual(['entered', 'entered'])
    })
  })

  test('find their call also if it was forwarded, or if only one of the systems has the caller’s number', async () => {
    await admitOf(await addCall(), { numberReached: { key: phone('029 497 010') } })
    const official = { personId: aino.id, name: 'Aino', phone: phone('029 512 1001') }
    // On a day without calls of other tests: an official answers one call at a time.
    const row = await addCall(timesOf(daysAgo(5)))
    await admitOf(row, { caller: { kind: 'withheld', key: null, raw: null }, official })
    expect(Object.values(outcomes((await importAll()).files))).toEqual(['joined', 'joined'])
  })

  test('are not imported again once they are destroyed', async () => {
    await addCall()
    await importAll()
    const { rows } = await pool.query<{ id: string }>(
      'select recording_id as id from imported_recording order by admitted_at desc limit 1',
    )
    const { id } = rows[0]!
    await recordProhibition(database, id)
    await expungeRecordings(
      { db: custodian, objects, keys, copies: withoutCopies, workFolder: ingest.workFolder },
      [{ id, cause: 'caller', doneBy: 'test', deadline: Temporal.Now.instant().add({ hours: 1 }) }],
      Temporal.Now.instant(),
    )
    expect(await trialOutcomes()).toEqual({ '0.wav': 'known' })
    // A restored register may have lost its row; the ledger has not.
    await pool.query('begin; set local session_replication_role = replica; delete from imported_recording; commit')
    expect(outcomes((await importAll()).files)).toEqual({ '0.wav': 'destroyed' })
    await expect(objects.sizeBytes(bodyKey(id))).rejects.toMatchObject({ code: 'object-missing' })
  })

  test('are not imported again after a restore if a prohibition of them is pending', async () => {
    await addCall()
    await importAll()
    const { rows } = await pool.query<{ id: string }>(
      'select recording_id as id from imported_recording order by admitted_at desc limit 1',
    )
    await pool.query(
      `insert into prohibition (recording_id, party, channel, entered_by) values ($1, 'CALLER', 'LETTER', $2)`,
      [rows[0]!.id, aino.id],
    )
    // As in a backup from before the import.
    await pool.query(`begin; set local session_replication_role = replica;
      delete from imported_recording where recording_id = '${rows[0]!.id}';
      delete from recording where id = '${rows[0]!.id}'; commit`)
    expect(outcomes((await importAll()).files)).toEqual({ '0.wav': 'not-to-be-recorded' })
  })

  test('are imported again after a restore with the official to whom a correction assigned the call', async () => {
    await addCall()
    await importAll()
    const enter = (name: string, telephone: string) =>
      enterTestPerson(db, database.as('seloste_desk').db, { name, phone: telephone })
    const [bertil, paula] = [await enter('Bertil', '029 512 1006'), await enter('Paula', '029 512 1007')]
    const { rows } = await pool.query<{ id: string; segment: string; contact: string; began: string }>(
      `select i.recording_id as id, s.id as segment, s.contact_id as contact, s.contact_started_at::text as began
       from imported_recording i join recording r on r.id = i.recording_id join segment s on s.id = r.segment_id
       order by i.admitted_at desc limit 1`,
    )
    const { id, segment, contact, began } = rows[0]!
    const request = await servedRequest(db, {
      ...{ clerkId: paula.id, contacts: [contact], party: 'OFFICIAL', officialId: aino.id, kinds: ['RECTIFY'] },
    })
    await pool.query(
      `with made as (
         insert into correction (request_id, segment_id, contact_id, contact_started_at, was_person_id, becomes_person_id, becomes_unit_id,
           proposed_at, proposed_by, decided_at, decided_by, outcome)
         values ($1, $2, $3, $4, $5, $6, $7, now(), $8, now(), $6, 'APPROVED') returning *
       ) select append_correction(made) from made`,
      [request.id, segment, contact, began, aino.id, bertil.id, bertil.unitId, paula.id],
    )
    // As in a backup from before the import.
    const tables = ['recording_key', 'imported_recording', 'correction', 'request_call', 'call_identity', 'recording']
    const columns = ['recording_id', 'recording_id', 'segment_id', 'contact_id', 'contact_id', 'id']
    const keyed = [id, id, segment, contact, contact, id]
    const deleted = tables.map((table, at) => `delete from ${table} where ${columns[at]} = '${keyed[at]}';`).join('')
    await pool.query(`begin; set local session_replication_role = replica; ${deleted}
      delete from segment where id = '${segment}'; delete from contact where id = '${contact}'; commit`)
    expect(outcomes((await importAll()).files)).toEqual({ '0.wav': 'entered' })
    const { rows: again } = await pool.query(
      'select official_person_id as official, official_name as name from segment where id = $1',
      [segment],
    )
    expect(again).toEqual([{ official: bertil.id, name: 'Bertil' }])
  })

  test('are compared again until they are found to be the same, and one that differs is reported', async () => {
    await addCall()
    const { plan: planned, work } = await plan()
    await runImport(planned, work, {
      ...sink,
      compare: () => Promise.resolve({ same: 0, different: [], waiting: 0, faulty: [] }),
    })
    await pool.query(`update imported_recording set audio_sha256 = sha256('other') where compared_at is null`)
    const { different } = await importAll()
    expect(different).toHaveLength(1)
    expect((await destroyOld(planned, work, work.context.now)).remaining).toEqual([
      { path: '0.wav', reason: 'not-compared' },
    ])
    await pool.query(
      'begin; set local session_replication_role = replica; delete from imported_recording where compared_at is null; commit',
    )
  })

  test('are deleted from the old folder, by a command of its own, only if they were imported or are too old', async () => {
    await addCall()
    await addCall({ ...timesOf(daysAgo(200)) })
    await addCall({ called: '09 123 4567' })
    await importAll()
    const { plan: planned, work } = await plan()
    // A machine whose clock jumped half a year ahead: the register's time counts.
    const ahead = { ...work, context: { ...work.context, now: work.context.now.add({ hours: 24 * 200 }) } }
    const { remaining, ...done } = await destroyOld(planned, ahead, await destructionTime(db))
    expect(done).toMatchObject({ imported: 1, tooOld: 1, metadata: 0 })
    expect(remaining).toEqual([{ path: '2.wav', reason: 'number-not-described' }])
    expect((await plan()).plan.listed).toEqual([
      expect.objectContaining({ path: 'calls.csv #1', reason: 'sound-missing' }),
      expect.objectContaining({ path: 'calls.csv #2', reason: 'sound-missing' }),
    ])
  })
})

const timesOf = (answered: Temporal.Instant, seconds = 2) => ({
  started: answered.toString(),
  answered: answered.toString(),
  ended: answered.add({ seconds }).toString(),
})

test('a recording that the description does not allow is not imported, and the reason is reported', async () => {
  await addCall({ called: '09 123 4567' })
  await addCall({ called: '029 512 000' })
  await addCall({ direction: 'outgoing' })
  await addCall({ caller: '029 512 1001' })
  await addCall({ ...timesOf(daysAgo(200)) })
  await addCall({ ...timesOf(Temporal.Now.instant().add({ hours: 2 })) })
  await addCall({ ...timesOf(daysAgo(4), 0) })
  await addCall({ answered: daysAgo(4).toString(), started: daysAgo(3).toString() })
  await addCall({ answered: 'yesterday' })
  await addCall({ ended: '+275760-09-12T23:59:59Z' })
  expect(await trialOutcomes()).toEqual({
    '0.wav': 'number-not-described',
    '1.wav': 'switchboard',
    '2.wav': 'not-incoming',
    '3.wav': 'not-incoming',
    '4.wav': 'too-old',
    '5.wav': 'in-the-future',
    '6.wav': 'audio-longer-than-call',
    '7.wav': 'ends-before-start',
    '8.wav': 'time-unreadable',
    '9.wav': 'time-impossible',
  })
})

test('audio before the answer is cut off only if the map says that the file begins with the call', async () => {
  const row = await addCall({}, wav(++fileNumber, 7))
  expect(await trialOutcomes()).toEqual({ '0.wav': 'audio-longer-than-call' })
  const { files, compared } = await importAll(mapText.replace("'{file}' }", "'{file}', begins: startedAt }"))
  expect(files).toMatchObject([{ state: 'entered', notes: ['cut-before-answer'] }])
  expect(compared).toBe(1)
  const { rows } = await pool.query(
    `select r.duration_ms, r.cut_ms from recording r join contact c on c.id = r.contact_id where c.caller_key = $1`,
    [phone(row.caller)],
  )
  expect(rows).toEqual([{ duration_ms: 2000, cut_ms: null }])
})

test('a recording whose official is not in the directory, or not named, gets a note', async () => {
  await addCall({ official: '029 512 1999' })
  await addCall({ official: '' })
  const { plan: planned, work } = await plan()
  const reports = await tryImport(planned, work)
  expect(reports.map(({ notes }) => notes)).toEqual([['official-not-in-directory'], ['no-official']])
})

describe('the folder of an earlier recorder', () => {
  test('leads nowhere else: links, paths outside it and absolute paths are reported and not opened', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'seloste-outside-'))
    try {
      await writeFile(join(outside, 'secret.wav'), wav(++fileNumber))
      await symlink(join(outside, 'secret.wav'), join(folder, 'link.wav'))
      await symlink(outside, join(folder, 'elsewhere'))
      for (const file of [
        'link.wav',
        'elsewhere/secret.wav',
        '../secret.wav',
        join(outside, 'secret.wav'),
        'C:/secret.wav',
        'a/../../x.wav',
      ])
        await addCall({ file }, Buffer.alloc(0))
      await addCall({ file: 'sound.wav' })
      const found = await trialOutcomes()
      expect(found).toMatchObject({
        'link.wav': 'link',
        elsewhere: 'link',
        'calls.csv #1': 'link',
        'calls.csv #2': 'sound-missing',
        'calls.csv #3': 'outside-folder',
        'calls.csv #4': 'outside-folder',
        'calls.csv #5': 'outside-folder',
        'calls.csv #6': 'outside-folder',
        'sound.wav': 'ready',
      })
    } finally {
      await rm(outside, { recursive: true, force: true })
    }
  })

  test('with a broken file, an audio file named twice or one without metadata: the others are imported', async () => {
    await addCall({}, Buffer.from('RIFF....WAVEdata'))
    await addCall()
    await addCall({ file: '1.wav' }, Buffer.alloc(0))
    await addCall({ file: 'gone.wav' }, Buffer.alloc(0))
    await writeFile(join(folder, 'alone.wav'), wav(++fileNumber))
    expect(outcomes((await importAll()).files)).toEqual({
      '0.wav': 'audio-broken',
      '1.wav': 'entered',
      'alone.wav': 'no-metadata',
      'calls.csv #3': 'sound-named-twice',
      'calls.csv #4': 'sound-missing',
    })
  })

  test('with a vCon whose hash or signature is wrong: its recording is refused', async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const sound = wav(++fileNumber)
    const vcon = (content_hash: string, filename: string) =>
      writeVcon(
        {
          ...{ vcon: '0.4.0', uuid: vconUuid('x'), created_at: daysAgo(1).toString() },
          parties: [
            { tel: `tel:+35840${5_000_000 + fileNumber}` },
            { tel: 'tel:+35829497000' },
            { tel: 'tel:+358295121001' },
          ],
          dialog: [
            { type: 'recording', start: daysAgo(2).toString(), duration: 2, parties: [0, [2]], filename, content_hash },
          ],
        },
        { name: 'x', privateKey },
      )
    const digest = createHash('sha512').update(sound).digest()
    await writeFile(join(folder, 'true.wav'), sound)
    await writeFile(join(folder, 'false.wav'), wav(++fileNumber))
    await writeFile(join(folder, 'true.vcon'), vcon(contentHash(digest), 'true.wav'))
    await writeFile(join(folder, 'false.vcon'), vcon(contentHash(digest), 'false.wav'))
    const forged = JSON.parse(vcon(contentHash(digest), 'true.wav').toString()) as {
      signatures: { signature: string }[]
    }
    forged.signatures[0]!.signature = 'AA'
    await writeFile(join(folder, 'unsigned.vcon'), JSON.stringify(forged))
    const text = `source: Other
metadata: { format: vcon }
audio: { file: '{dialog.filename}' }
fields: { callId: [uuid], startedAt: [dialog.start], duration: [dialog.duration], caller: [parties.0.tel], called: [parties.1.tel], official: [parties.2.tel] }
`
    expect(await trialOutcomes(text)).toEqual({
      'true.wav': 'ready',
      'false.wav': 'hash-differs',
      'unsigned.vcon': 'vcon-unverified',
    })
  })

  test('with a vCon of a transferred call: a part’s recording belongs to the official whom its dialog names', async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const bertil = await enterTestPerson(db, database.as('seloste_desk').db, { name: 'Bertil', phone: '029 512 1005' })
    const numbers = ['358405550001', '35829497000', '358295121001', '358295121005']
    const types = ['person', 'organization', 'person', 'person']
    for (const [name, official] of [
      ['first', 2],
      ['second', 3],
    ] as const) {
      const sound = wav(++fileNumber)
      await writeFile(join(folder, `${name}.wav`), sound)
      const recording = {
        ...{
          type: 'recording' as const,
          duration: 2,
          parties: [0, [official]],
          filename: `${name}.wav`,
          recording_set: 0,
        },
        start: daysAgo(2).add({ minutes: official }).toString(),
        content_hash: contentHash(createHash('sha512').update(sound).digest()),
      }
      const set = {
        type: 'recording-set' as const,
        start: daysAgo(2).toString(),
        parties: [0, 1, 2, 3],
        recordings: [1],
      }
      const vcon = {
        ...{ vcon: '0.4.0' as const, uuid: vconUuid(name), created_at: daysAgo(1).toString() },
        ...{ parties: numbers.map((tel, at) => ({ tel: `tel:+${tel}`, type: types[at]! })), dialog: [set, recording] },
      }
      await writeFile(join(folder, `${name}.vcon`), writeVcon(vcon, { name: 'x', privateKey }))
    }
    const text = `source: Other
metadata: { format: vcon }
audio: { file: '{dialog.filename}' }
fields: { callId: [uuid], startedAt: [dialog.start], duration: [dialog.duration], caller: [parties.0.tel], called: [parties.1.tel], official: [parties.2.tel, parties.3.tel] }
`
    const map = readImportMap(text, 'map.yaml')
    const work = workOf(map)
    const context = { ...work.context, officials: await readDirectory(db) }
    const { files } = await runImport(await planImport(folder, map), { ...work, context }, sink)
    expect(outcomes(files)).toEqual({ 'first.wav': 'entered', 'second.wav': 'entered' })
    const { rows } = await pool.query(
      `select s.official_person_id as id from contact c join segment s on s.contact_id = c.id
       where c.caller_key = $1 order by s.answered_at`,
      [`+${numbers[0]}`],
    )
    expect(rows).toEqual([{ id: aino.id }, { id: bertil.id }])
  })

  test('with metadata that has entities or another format: that file is refused as a whole', async () => {
    const xml = mapText.replace("csv, files: '*.csv'", "xml, each: calls/call, files: '*.xml'")
    await writeFile(
      join(folder, 'a.xml'),
      '<!DOCTYPE calls [<!ENTITY x SYSTEM "file:///etc/passwd">]><calls><call/></calls>',
    )
    await writeFile(join(folder, 'b.xml'), '<calls><call>')
    await writeFile(join(folder, 'c.xml'), '<other/>')
    expect(await trialOutcomes(xml)).toEqual({
      'a.xml': 'metadata-has-doctype',
      'b.xml': 'metadata-unreadable',
      'c.xml': 'metadata-without-entries',
    })
  })
})
