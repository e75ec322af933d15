// The matrix of roles and actions, tested cell by cell over the network. Written by hand from the clauses of docs/law (R36 to R41 on
// roles), independently of the program. The lists at the end are complete, so no operation can exist outside the matrix.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { operations } from '#app/http/contract/operations.ts'
import type { Purpose } from '#description/purposes.ts'
import type { Duty, Role } from '#description/roles.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Right } from '#safeguards/access/grant.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { submitChange } from '../database/drafts.ts'
import { enterTestPerson, phone, type TestPerson } from '../database/people.ts'
import { makeTestRegister, type RecordedSegment } from '../register/make-register.ts'
import { answer, openTestDesk } from '../register/open-desk.ts'
import { servedRequest } from '../requests/served-request.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register)
const admin = database.as().db
const deskDb = database.as('seloste_desk').db

/** Relations of calls to an official: a call that the official answered, one of the same unit and number, and one of another unit on another number. */
const relations = ['own', 'unit', 'elsewhere'] as const
type CallRelation = (typeof relations)[number]

type Action =
  | 'draft rules'
  | 'approve rules'
  | 'request rights'
  | 'approve rights'
  | 'read the log'
  | 'serve requests'
  | 'know of preservation orders'
  | 'recall what was disclosed'
  | 'prepare for research'
  | 'decide for research'
  | 'know of research'
  | 'prepare for authorities'
  | 'decide for authorities'
  | 'know of authorities'
  | 'read the log of disclosures'

interface Row {
  role: Role
  duty?: Duty
  scope: Right['scope'] | 'their unit'
  /** Calls whose history and recording the role may view, under a purpose it holds. */
  reaches: readonly CallRelation[]
  /** Purposes that may be granted; a role without purposes sees no content. */
  purposes: readonly Purpose[]
  /** Needs a fault, a case or an open inspection. */
  needsReference?: true
  may: readonly Action[]
}

const scope = (kind: 'own' | 'all' | 'none') => ({ kind, units: [], numbers: [] })
const granted = { kind: 'numbers' as const, units: [], numbers: [phone('029 497 000')] }
const development = ['DEVELOPMENT', 'QUALITY', 'TRAINING', 'SERVICE_LEVEL_STUDY'] as const
const everything = [...development, 'CRIME_OR_MISUSE', 'INSPECTION', 'MAINTENANCE'] as const

const matrix = {
  Official: {
    role: 'OFFICIAL',
    scope: scope('own'),
    reaches: ['own'],
    purposes: ['DEVELOPMENT', 'INSPECTION'],
    may: [],
  },
  Supervisor: {
    role: 'SUPERVISOR',
    scope: 'their unit',
    reaches: ['own', 'unit'],
    purposes: development,
    may: ['request rights'],
  },
  'Expert QUALITY': {
    role: 'EXPERT',
    duty: 'QUALITY',
    scope: granted,
    reaches: ['own', 'unit'],
    purposes: ['QUALITY', 'SERVICE_LEVEL_STUDY'],
    may: ['draft rules', 'prepare for research', 'know of research'],
  },
  'Expert TRAINING': {
    role: 'EXPERT',
    duty: 'TRAINING',
    scope: granted,
    reaches: ['own', 'unit'],
    purposes: ['TRAINING'],
    may: [],
  },
  Maintenance: {
    role: 'MAINTENANCE',
    scope: scope('all'),
    reaches: relations,
    purposes: ['MAINTENANCE'],
    needsReference: true,
    may: [],
  },
  'Security unit': {
    role: 'SECURITY',
    scope: scope('all'),
    reaches: relations,
    purposes: ['CRIME_OR_MISUSE'],
    needsReference: true,
    may: ['know of preservation orders', 'prepare for authorities', 'know of authorities'],
  },
  'Service Unit clerk': {
    role: 'SERVICE_UNIT',
    scope: scope('all'),
    reaches: relations,
    purposes: ['INSPECTION'],
    needsReference: true,
    may: ['serve requests'],
  },
  'Controller’s decision maker': {
    role: 'DECISION_MAKER',
    scope: scope('none'),
    reaches: [],
    purposes: [],
    may: [
      'approve rules',
      'know of preservation orders',
      'recall what was disclosed',
      'decide for research',
      'know of research',
      'decide for authorities',
      'know of authorities',
      'read the log of disclosures',
    ],
  },
  'Access-rights approver': {
    role: 'ACCESS_APPROVER',
    scope: scope('none'),
    reaches: [],
    purposes: [],
    may: ['approve rights'],
  },
  // The keeper of the directory, who also drafts rules and requests rights, and sees no content.
  Administrator: {
    role: 'ADMINISTRATOR',
    scope: scope('none'),
    reaches: [],
    purposes: [],
    may: ['draft rules', 'request rights'],
  },
  'Data protection officer': {
    role: 'DATA_PROTECTION_OFFICER',
    scope: scope('none'),
    reaches: [],
    purposes: [],
    may: ['read the log', 'know of research', 'know of authorities', 'read the log of disclosures'],
  },
} satisfies Record<string, Row>
const rows = Object.entries(matrix as Record<string, Row>)

interface Somebody extends TestPerson {
  token: string
}

let count = 0
async function enter(options: { role?: Row; held?: Purpose; unit?: string; phone?: string }): Promise<Somebody> {
  const person = await enterTestPerson(admin, deskDb, {
    name: `Henkilö ${++count}`,
    ...(options.unit && { unit: options.unit }),
    ...(options.phone && { phone: options.phone }),
    ...(options.role && {
      right: {
        role: options.role.role,
        ...(options.role.duty && { duty: options.role.duty }),
        purposes: options.held ? [options.held] : [],
        scope: options.role.scope,
      },
    }),
  })
  return { ...person, token: (await person.signIn()).token }
}

/** Two officials of one unit, each with a right to own calls under one of an official's purposes. */
const officials = {} as Record<'DEVELOPMENT' | 'INSPECTION', Somebody>
const answered = {} as Record<'DEVELOPMENT' | 'INSPECTION' | 'elsewhere', RecordedSegment>

beforeAll(async () => {
  const record = async ({ id, unitId }: TestPerson, number: string, changes = {}) => {
    const official = { personId: id, unitId, name: 'Aino', phone: phone(number) }
    const call = await register.record({ official, ...changes })
    await ingestRecording(register.ingest, call.id, Temporal.Now.instant())
    return call
  }
  for (const held of ['DEVELOPMENT', 'INSPECTION'] as const) {
    officials[held] = await enter({ role: matrix.Official, held })
    answered[held] = await record(officials[held], held === 'DEVELOPMENT' ? '029 512 1001' : '029 512 1002')
  }
  answered.elsewhere = await record(await enter({ unit: 'Toinen yksikkö' }), '029 512 1003', {
    numberCalled: { key: phone('029 497 010'), kind: 'REGIONAL_SERVICE' },
    numberReached: { key: phone('029 497 010') },
  })
}, 60_000)

/** Calls by their relation to the holder. For everybody but the two officials, either official's call is one of the unit. */
function callsOf(row: Row, held: Purpose | undefined): Record<CallRelation, RecordedSegment> {
  const [own, unit] =
    row.role === 'OFFICIAL' && held === 'INSPECTION'
      ? [answered.INSPECTION, answered.DEVELOPMENT]
      : [answered.DEVELOPMENT, answered.INSPECTION]
  return { own, unit, elsewhere: answered.elsewhere }
}

let requestCount = 0

/**
 * Sends a request as a person. Returns `yes`, or the code of the denial, which must be logged under the person's name.
 */
async function send(user: Somebody, method: string, path: string, json?: object) {
  const { seq } = await admin
    .selectFrom('audit_entry')
    .select((eb) => eb.fn.max('seq').as('seq'))
    .executeTakeFirstOrThrow()
  const response = await desk.visitor.fetch(path, {
    method,
    ...(json && { json }),
    // Uses a new client IP address each time, so that no limit per IP address is reached.
    headers: {
      cookie: `seloste=${user.token}`,
      range: 'bytes=0-99',
      'x-forwarded-for': `2001:db8:${(++requestCount).toString(16)}::1`,
    },
  })
  if (response.ok) {
    const isJson = response.headers.get('content-type')?.startsWith('application/json')
    return { outcome: 'yes', body: isJson ? (await answer(response)).body : (await response.arrayBuffer(), {}) }
  }
  const { status, code, body } = await answer(response)
  expect([401, 403, 404], `${method} ${path}: ${JSON.stringify(body)}`).toContain(status)
  const denials = await admin
    .selectFrom('audit_entry')
    .select(['person_id', 'detail'])
    .where('seq', '>', seq)
    .where('result', 'like', 'refused:%')
    .execute()
  const [denial] = denials
  expect(denial, `${method} ${path} was denied, and it is in the log`).toBeDefined()
  // A request for an unknown operation is refused before the session is read.
  const isNoOperation = (denial?.detail as { operation?: string }).operation === 'none'
  expect(denial?.person_id, `${method} ${path}`).toBe(isNoOperation ? null : user.id)
  return { outcome: code ?? `http-${status}`, body }
}

/** Rights of each role under each purpose that may be granted; a role without purposes has one right without any. */
const holdings = rows.flatMap(([name, row]): { name: string; row: Row; held: Purpose | undefined }[] =>
  row.purposes.length === 0
    ? [{ name, row, held: undefined }]
    : row.purposes.map((held) => ({ name: `${name}, ${held}`, row, held })),
)

function expected(row: Row, held: Purpose | undefined, request: Purpose, relation: CallRelation): string {
  const under = held === 'DEVELOPMENT' ? development : [held]
  if (!(under as readonly unknown[]).includes(request)) return 'deny.purpose'
  return row.reaches.includes(relation) ? 'yes' : 'not-found'
}

describe.each(holdings)('$name', ({ row, held }) => {
  let user: Somebody
  let calls: Record<CallRelation, RecordedSegment>
  beforeAll(async () => {
    user =
      row.role === 'OFFICIAL'
        ? officials[held as keyof typeof officials]
        : await enter({ role: row, ...(held && { held }) })
    calls = callsOf(row, held)
    if (row.role === 'SERVICE_UNIT') {
      const contacts = Object.values(calls).map(({ contactId }) => contactId)
      reference = (await servedRequest(admin, { clerkId: user.id, contacts })).number
    }
  })
  /** The Service Unit views under the number of the request that it serves. */
  let reference = 'KOE-1'
  // Under TRAINING a reference names a training session; a mere view has none.
  const viewQuery = (purpose: Purpose) => ({ purpose, ...(purpose !== 'TRAINING' && { reference }) })
  const query = (values: object) => new URLSearchParams(values as Record<string, string>).toString()

  test('reads the history of, and listens to, the calls in its scope under the purposes held, and no others', async () => {
    const [found, wanted]: Record<string, string>[] = [{}, {}]
    for (const purpose of everything) {
      for (const relation of relations) {
        const { id, contactId } = calls[relation]
        const cell = `${purpose}, ${relation}`
        const may = expected(row, held, purpose, relation)
        wanted![`read: ${cell}`] = may
        wanted![`listen: ${cell}`] = may
        found![`read: ${cell}`] = (
          await send(user, 'GET', `/api/contacts/${contactId}?${query(viewQuery(purpose))}`)
        ).outcome
        const begun = await send(user, 'POST', `/api/recordings/${id}/listenings`, viewQuery(purpose))
        found![`listen: ${cell}`] =
          begun.outcome === 'yes' ? (await send(user, 'GET', String(begun.body['audio']))).outcome : begun.outcome
      }
    }
    expect(found).toEqual(wanted)
  })

  test('lists the calls in its scope, and no others', async () => {
    const purpose = held ?? 'DEVELOPMENT'
    const { outcome: code, body } = await send(user, 'GET', `/api/contacts?${query(viewQuery(purpose))}`)
    expect(code).toBe(held ? 'yes' : 'deny.purpose')
    const listed = ((body['items'] ?? []) as { id: string }[]).map(({ id }) => id)
    expect(listed.sort()).toEqual(row.reaches.map((relation) => calls[relation].contactId).sort())
  })

  test.runIf(row.needsReference)('sees nothing without a fault, a case or a request', async () => {
    for (const none of [undefined, '  ']) {
      const access = { purpose: held!, ...(none !== undefined && { reference: none }) }
      const read = await send(user, 'GET', `/api/contacts/${calls.own.contactId}?${query(access)}`)
      const listen = await send(user, 'POST', `/api/recordings/${calls.own.id}/listenings`, access)
      expect([read.outcome, listen.outcome]).toEqual(['deny.reference', 'deny.reference'])
    }
  })
})

describe('rules, rights and the log', () => {
  const people = new Map<string, Somebody>()
  beforeAll(async () => {
    for (const [name, row] of rows) {
      people.set(name, await enter({ role: row, ...(row.purposes[0] && { held: row.purposes[0] }) }))
    }
    // Switches both kinds of disclosure on, so that a refusal depends on the person only.
    await sql`update disclosure_rules set research = true, authority = true`.execute(admin)
  })
  /** @param yes expected answer for a permitted role; if the object is missing, the code that says so */
  const check = async (action: Action, attempt: (user: Somebody) => Promise<{ outcome: string }>, yes = 'yes') => {
    const [found, wanted]: Record<string, string>[] = [{}, {}]
    // Sends the requests of permitted roles last, because an object can be decided on only once.
    for (const [name, { may }] of rows.toSorted(([, a], [, b]) => +a.may.includes(action) - +b.may.includes(action))) {
      wanted![name] = may.includes(action) ? yes : 'deny.role'
      found![name] = (await attempt(people.get(name)!)).outcome
    }
    expect(found).toEqual(wanted)
  }
  const official = async (unit?: string) =>
    enter({ phone: `029 512 ${2000 + count}`, ...(unit && { unit }) }).then(({ id }) => id)
  const pending = (id: string) => ({
    people: [id],
    role: 'OFFICIAL',
    purposes: ['DEVELOPMENT'],
    reason: 'Vastaa puheluihin',
    until: Temporal.Now.plainDateISO('Europe/Helsinki').add({ months: 3 }).toString(),
  })

  test('who may draft rules', () => check('draft rules', (user) => send(user, 'POST', '/api/description/drafts')))

  test('who may approve rules', async () => {
    const author = await enter({ role: matrix.Administrator })
    const draft = await submitChange(
      deskDb,
      { token: author.token, personId: author.id, expiresAt: Temporal.Now.instant().add({ hours: 1 }) },
      Temporal.Now.instant().add({ hours: 2 }).round('second'),
      { edits: [{ path: ['controller', 'name', 'en'], value: 'Customs' }] },
    )
    await check('approve rules', (user) =>
      send(user, 'POST', `/api/description/drafts/${draft.id}/decision`, {
        revision: draft.revision,
        decision: 'approve',
      }),
    )
  })

  test('who may request rights for others: a supervisor for their own unit, an administrator for any', async () => {
    for (const unit of [undefined, 'Toinen yksikkö']) {
      const found: Record<string, string> = {}
      for (const [name] of rows) {
        found[name] = (
          await send(people.get(name)!, 'POST', '/api/rights/requests', pending(await official(unit)))
        ).outcome
      }
      const may = rows.filter(([, row]) => row.may.includes('request rights')).map(([name]) => name)
      expect(Object.keys(found).filter((name) => found[name] === 'yes')).toEqual(unit ? ['Administrator'] : may)
      expect(new Set(Object.values(found))).toEqual(new Set(['yes', 'right.not-yours']))
    }
  })

  test('who may approve rights', async () => {
    const { body } = await send(people.get('Administrator')!, 'POST', '/api/rights/requests', pending(await official()))
    const [request] = body['items'] as { id: string }[]
    await check('approve rights', (user) =>
      send(user, 'POST', `/api/rights/requests/${request!.id}/decision`, { approve: true }),
    )
  })

  test('who may read the log', () => check('read the log', (user) => send(user, 'GET', '/api/log')))
  test('who may serve requests', () => check('serve requests', (user) => send(user, 'GET', '/api/requests')))
  test('who may see preservation orders', () =>
    check('know of preservation orders', (user) => send(user, 'GET', '/api/holds')))
  test('who may recall disclosures', () =>
    check('recall what was disclosed', (user) => send(user, 'GET', '/api/recalls')))

  test('who may prepare disclosures to research: the expert for quality', async () => {
    const { body } = await send(people.get('Expert QUALITY')!, 'POST', '/api/institutes', {
      name: 'Laitos',
      contact: 'Kirjaamo',
      email: 'kirjaamo@tutkimus.example',
      language: 'fi',
    })
    const dueOn = Temporal.Now.plainDateISO('Europe/Helsinki').add({ months: 1 }).toString()
    const study = { instituteId: body['id'], study: 'Palvelun laatu', dueOn, format: 'OPUS' }
    await check('prepare for research', (user) => send(user, 'POST', '/api/research-disclosures', study))
  })
  test('who may prepare disclosures to authorities: the security unit', async () => {
    const request = {
      origin: 'REQUEST',
      authority: 'Poliisi',
      officer: 'Rikoskonstaapeli',
      caseNumber: '5500/R/1',
      aim: 'INVESTIGATION',
      receivedAt: Temporal.Now.instant().toString(),
    }
    await check('prepare for authorities', (user) => send(user, 'POST', '/api/authority-disclosures', request))
  })
  test.each([
    ['research', 'decide for research', { outcome: 'GRANTED', reasons: 'Tutkimus', seen: 'x' }],
    ['authority', 'decide for authorities', { outcome: 'GRANTED', reasons: 'Tutkinta', seen: 'x' }],
  ] as const)(
    'only the decision maker decides on a disclosure to %s, releases it and downloads it',
    async (kind, action, decision) => {
      const gone = `/api/${kind}-disclosures/${randomUUID()}`
      await check(action, (user) => send(user, 'POST', `${gone}/decision`, decision), 'not-found')
      const delivery = { method: 'PASSPHRASE', delivery: 'MEDIUM' }
      await check(action, (user) => send(user, 'POST', `${gone}/packages`, delivery), 'not-found')
      await check(action, (user) => send(user, 'GET', `/api/packages/${randomUUID()}/file`), 'not-found')
    },
  )
  test.each([
    ['know of research', '/api/research-disclosures'],
    ['know of authorities', '/api/authority-disclosures'],
    ['read the log of disclosures', '/api/disclosures'],
  ] as const)('who may: %s', (action, path) => check(action, (user) => send(user, 'GET', path)))

  test.each(rows.map(([name]) => name))('%s cannot destroy anything directly', async (name) => {
    const user = people.get(name)!
    for (const { id } of Object.values(answered)) {
      const deleted = await send(user, 'DELETE', `/api/recordings/${id}`)
      expect(deleted, `DELETE ${id}`).toMatchObject({ outcome: 'recording.not-by-hand' })
    }
    const left = await admin.selectFrom('recording').select('state').execute()
    expect(left.map(({ state }) => state)).toEqual(['STORED', 'STORED', 'STORED'])
  })
})

describe('there is no operation outside the matrix', () => {
  const all = Object.values(operations).map(({ method, url, schema }) => ({ method, url, schema }))
  const namesOf = (list: readonly { method: string; url: string }[]) =>
    list.map(({ method, url }) => `${method} ${url}`).sort()

  test('audio is returned only to a listening, to playback of an anonymised copy, or as a sealed single-use file (R27)', () => {
    const operationsReturning = (type: RegExp) =>
      namesOf(
        all.filter(({ schema }) =>
          Object.values(schema.response as Record<string, { content?: object }>).some(({ content }) =>
            Object.keys(content ?? {}).some((contentType) => type.test(contentType)),
          ),
        ),
      )
    expect(operationsReturning(/^audio/)).toEqual(['GET /api/copy-hearings/:id/audio', 'GET /api/listenings/:id/audio'])
    expect(operationsReturning(/^(?!audio\/|application\/(pdf|json)$|text\/(csv|html|event-stream)$)/)).toEqual([
      'GET /api/packages/:id/file',
    ])
  })

  test('the operations on a call, its recording and a listening are these', () => {
    expect(
      namesOf(all.filter(({ url }) => /^\/api\/(contacts|recordings|listenings|calls|my-calls)(?=\/|$)/.test(url))),
    ).toEqual([
      'DELETE /api/listenings/:id',
      // Always refused (recording.not-by-hand).
      'DELETE /api/recordings/:id',
      'GET /api/calls',
      'GET /api/contacts',
      'GET /api/contacts/:id',
      'GET /api/contacts/:id/looks',
      'GET /api/listenings/:id/audio',
      'GET /api/listenings/:id/events',
      'GET /api/listenings/:id/peaks',
      'GET /api/my-calls/acts',
      // Released evaluations of one's own calls, and nobody else's.
      'GET /api/my-calls/evaluations',
      'GET /api/my-calls/looks',
      // Training sessions that one attended.
      'GET /api/my-calls/trainings',
      'GET /api/recordings/:id/certificate',
      'GET /api/recordings/:id/destruction',
      'POST /api/contacts/:id/caller',
      'POST /api/my-calls/evaluations/:id/acknowledgement',
      'POST /api/my-calls/evaluations/:id/disagreement',
      'POST /api/recordings/:id/listenings',
      'POST /api/recordings/:id/prohibitions',
      'PUT /api/listenings/:id/speed',
    ])
  })

  test('a deletion is of a draft, session, passkey, verification, listening, package or unfinished part of a request or disclosure, and is refused for a recording', () => {
    expect(namesOf(all.filter(({ method }) => method === 'DELETE'))).toEqual([
      'DELETE /api/account/passkeys/:id',
      'DELETE /api/account/sessions',
      'DELETE /api/account/sessions/:id',
      // Removes an item before the decision; the call stays as it is.
      'DELETE /api/authority-disclosures/:id/items/:item',
      'DELETE /api/copies/:id',
      'DELETE /api/description/drafts/:id',
      'DELETE /api/description/drafts/:id/submission',
      // A request of one's own that nobody has confirmed yet.
      'DELETE /api/directory-changes/:id',
      'DELETE /api/letters/:id',
      'DELETE /api/listenings/:id',
      'DELETE /api/log/verifications/:id',
      // Ends an unfetched package: less is released, and its row and log entries stay.
      'DELETE /api/packages/:id',
      // Signs a person out, who is informed.
      'DELETE /api/people/:id/sessions',
      // Stops a plan from drawing; what it has drawn stays.
      'DELETE /api/quality/plans/:id',
      'DELETE /api/recordings/:id',
      'DELETE /api/requests/:id/calls/:callId',
      // Withdraws before any release, or an item before or after the decision; what was released stays on the list.
      'DELETE /api/research-disclosures/:id',
      'DELETE /api/research-disclosures/:id/items/:item',
      'DELETE /api/session',
      'DELETE /api/slots/:id',
      // Removes references, and people entered by mistake; recordings stay as they are.
      'DELETE /api/training/collections/:id',
      'DELETE /api/training/moments/:id',
      'DELETE /api/training/sessions/:id/attendees/:person',
      'DELETE /api/workstations/:id',
    ])
  })

  test('the collections are these, and none is of prohibitions or exports', () => {
    expect([...new Set(all.map(({ url }) => url.split('/')[2]))].sort()).toEqual([
      'account',
      'alarms',
      // For research: redacted and re-voiced by the custodian, played and signed by two people; the desk stores none of
      // its sound.
      'anonymised-copies',
      'appointments',
      // To an authority: only under a provision in force, and decided by somebody else than who prepared it.
      'authority-disclosures',
      'calls',
      // Counts of the day for a wall display, without callers.
      'calls-today',
      // Reception, clients and signalling of calls: names and counts.
      'capture',
      'confirmations',
      'contacts',
      'copies',
      // Sound of a result, never of an original, for the session that began it.
      'copy-hearings',
      'corrections',
      'description',
      // Pending links and account changes that need a second person, without calls.
      'directory-changes',
      // List of all disclosures: read only, without content.
      'disclosures',
      'evidence',
      'factor-removals',
      'holds',
      'home-requests',
      'institutes',
      'letter-templates',
      'letters',
      'links',
      'listenings',
      'log',
      'my-calls',
      'numbers',
      'offices',
      // Blockers of the installation, without call data.
      'operation',
      'organisation',
      // Files to be released: encrypted, as decided, downloaded once.
      'packages',
      'password-check',
      // What a change of the description would affect: disclosures and requests by number, and counts.
      'pending-disclosures',
      'pending-rights',
      'people',
      // Forms, samples and evaluations; results by group, none by person.
      'quality',
      'recalls',
      // Differences between feeds and recordings, without names or numbers.
      'reconciliation',
      'recording-plan',
      'recordings',
      // Decisions of the procedures, without calls, callers and requesters.
      'records',
      'referrals',
      'request-decisions',
      'request-statistics',
      'requests',
      'research-disclosures',
      'research-extensions',
      'retention',
      'reviews',
      'rights',
      'room',
      'session',
      // The remaining steps of a new installation: states, no rows.
      'setup',
      'shares',
      'sign-in-options',
      'slots',
      'storage',
      // Counts, none of fewer than five calls.
      'studies',
      // References into recordings, never copies.
      'training',
      'units',
      // What waits for the viewer, each area under its own rights.
      'waiting',
      'workstation',
      'workstations',
    ])
  })

  test('there is no export of calls: responses are JSON, events, letters, the case register, the sound of a listening, and encrypted releases', () => {
    const contents = all.flatMap(({ method, url, schema }) =>
      Object.values(schema.response as Record<string, { content?: object }>).flatMap(({ content }) =>
        Object.keys(content ?? {}).map((type) => `${method} ${url}: ${type}`),
      ),
    )
    expect(contents.sort()).toEqual([
      'GET /api/calls-today: text/event-stream',
      'GET /api/calls: text/event-stream',
      // A checked anonymised copy, whole or by range, for the session that plays it.
      'GET /api/copy-hearings/:id/audio: audio/wav',
      'GET /api/copy-hearings/:id/audio: audio/wav',
      'GET /api/letters/:id/html: text/html',
      'GET /api/letters/:id/pdf: application/pdf',
      'GET /api/listenings/:id/audio: audio/wav',
      'GET /api/listenings/:id/events: text/event-stream',
      // A package for a medium: encrypted for its recipient, after a decision, once, for the person who released it.
      'GET /api/packages/:id/file: application/octet-stream',
      'GET /api/recordings/:id/certificate: application/pdf',
      // The case register: decisions, and no call, caller or requester.
      'GET /api/records: application/json',
      'GET /api/records: application/pdf',
      'GET /api/records: text/csv',
    ])
  })
})
