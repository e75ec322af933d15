import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import { rolesInEffect } from '#description/roles.ts'
import { findCandidates, listHolders } from '#safeguards/access/find-holders.ts'
import {
  decideRightRequest,
  requestRights,
  reviewRight,
  revokeRight,
  withdrawRightRequest,
  type ProcedureRefusal,
  type ProcedureRefusalCode,
} from '#safeguards/access/procedure.ts'
import {
  listRequests,
  listReview,
  readRequest,
  readRight,
  readRightsOf,
  type RequestRecord,
} from '#safeguards/access/read-procedure.ts'
import type { Session } from '#safeguards/people/session.ts'
import { unitNames } from '#safeguards/people/units.ts'
import { dayBegins, dayEnds } from '#safeguards/people/written-values.ts'
import { currentNames } from '#safeguards/people/name-people.ts'
import { registerOperations, viewed } from '../answer.ts'
import { describedNow, type Desk } from '../desk.ts'
import { refusals, type Refusal } from '../refuse.ts'
import { contextOf, viewHeld, viewRequest } from './rights-view.ts'
import type { Routes } from '../routes.ts'

const pageSize = 50
const maxCandidates = 20
const zone = 'Europe/Helsinki'

/** Routes for the access-authorisation procedure (request, decide, review, revoke), and for everybody's rights (R36-R38). */
export function rightsRoutes(app: Routes, desk: Desk): void {
  const { db, clock } = desk

  registerOperations(app, {
    readRightsOffer: async ({ session, query }) => {
      const request = { text: query.q, id: query.person, limit: maxCandidates }
      const { asksFor, candidates } = await findCandidates(db, session, request)
      return {
        roles: rolesInEffect(describedNow(desk)).map(({ purposes, ...role }) => ({
          ...role,
          purposes: purposes.map(({ purpose }) => purpose),
        })),
        asksFor,
        people: candidates.map(({ units, ...person }) => ({ ...person, supervises: units })),
      }
    },

    requestRights: async ({ session, body }) => {
      const { from, until, units = [], numbers = [], ...request } = body
      const [first, last] = [readDay(from), readDay(until)]
      if (first === 'invalid') return { refused: 'right.from-wrong', field: 'from' }
      if (!last || last === 'invalid') return { refused: 'right.until-wrong', field: 'until' }
      const time = { ...(first && { from: dayBegins(first) }), until: dayEnds(last) }
      const made = await requestRights(db, session, { ...request, units, numbers, ...time })
      if ('refused' in made) return refusalOf(made)
      const records: RequestRecord[] = []
      for (const id of made.requests) {
        const record = await readRequest(db, session, id)
        if (!('refused' in record)) records.push(record)
      }
      return { items: await viewAll(records) }
    },

    listRightRequests: async ({ session, query }) => ({
      items: await viewAll(await listRequests(db, session, query.state ?? 'all')),
    }),

    decideRightRequest: async ({ session, params: { id }, body }) => {
      const decided = await decideRightRequest(db, session, id, body)
      return 'refused' in decided ? refusalOf(decided, 'note') : requestOf(session, id)
    },

    withdrawRightRequest: async ({ session, params: { id } }) => {
      const withdrawn = await withdrawRightRequest(db, session, id)
      return 'refused' in withdrawn ? refusalOf(withdrawn) : requestOf(session, id)
    },

    listRightHolders: async ({ session, query }) => {
      const { q: text, role, cursor, limit = pageSize } = query
      const after = cursor === undefined ? undefined : readCursor(cursor)
      if (after === 'invalid') return { refused: 'input.invalid', field: 'cursor' }
      return viewed(listHolders(db, session, { text, role, after, limit }), ({ holders, total, isMore }) => {
        const last = holders.at(-1)
        return { items: holders, total, next: isMore && last ? writeCursor(last) : undefined }
      })
    },

    readPersonsRights: async ({ session, params: { id } }) => {
      const found = await readRightsOf(db, session, id, clock.now())
      if ('refused' in found) return found
      const [context, { candidates }] = await Promise.all([
        contextOf(desk, [...found.rights, ...found.requests], [id]),
        findCandidates(db, session, { id, limit: 1 }),
      ])
      return {
        person: { ...context.person(id), ...found.person },
        rights: found.rights.map((right) => viewHeld(right, context)),
        requests: found.requests.map((one) => viewRequest(one, context)),
        mayRequest: candidates.length > 0,
      }
    },

    listRightsToReview: async ({ session }) => {
      const now = clock.now()
      const found = await listReview(db, session, now)
      if ('refused' in found) return found
      const { rights, ...counts } = found
      const context = await contextOf(desk, rights)
      return { ...counts, items: rights.map((right) => viewHeld(right, context)), quarterEnds: quarterEnds(now) }
    },

    reviewRight: async ({ session, params: { id }, body }) => {
      const reviewed = await reviewRight(db, session, id, body)
      return 'refused' in reviewed ? refusalOf(reviewed, 'note') : rightOf(session, id)
    },

    revokeRight: async ({ session, params: { id }, body }) => {
      const revoked = await revokeRight(db, session, id, body.reason)
      return 'refused' in revoked ? refusalOf(revoked, 'reason') : rightOf(session, id)
    },
  })

  async function viewAll(records: readonly RequestRecord[]) {
    const context = await contextOf(desk, records)
    return records.map((record) => viewRequest(record, context))
  }

  function requestOf(session: Session, id: string) {
    return viewed(readRequest(db, session, id), async (record) => viewRequest(record, await contextOf(desk, [record])))
  }

  function rightOf(session: Session, id: string) {
    return viewed(readRight(db, session, id, clock.now()), async (record) =>
      viewHeld(record, await contextOf(desk, [record])),
    )
  }

  /** Returns the procedure's refusal with the person or thing concerned. */
  async function refusalOf({ refused, of }: ProcedureRefusal, noteField?: string): Promise<Refusal> {
    const subject = of === undefined ? undefined : await nameOf(refused, of)
    const [, sentence] = refusals[refused]
    return {
      refused,
      message: subject ? `${subject}: ${sentence}` : sentence,
      field: refused === 'right.note-missing' ? noteField : fields[refused],
      about: subject || undefined,
    }
  }

  async function nameOf(refused: ProcedureRefusalCode, of: string): Promise<string | undefined> {
    if (refused === 'right.number-unknown') return displayPhoneNumber(of, describedNow(desk).numbering)
    if (refused === 'right.no-officials') return (await unitNames(desk.db)).get(of)
    return (await currentNames(desk.db, [of])).get(of)
  }
}

/** Form field that a refusal is about. */
const fields: Partial<Record<ProcedureRefusalCode, string>> = {
  'right.not-yours': 'people',
  'right.person-missing': 'people',
  'right.not-employed': 'people',
  'right.beyond-employment': 'until',
  'right.role-unknown': 'role',
  'right.duty-missing': 'duty',
  'right.purpose-missing': 'purposes',
  'right.purpose-unknown': 'purposes',
  'right.scope-wrong': 'role',
  'right.unit-missing': 'units',
  'right.no-officials': 'units',
  'right.number-missing': 'numbers',
  'right.number-unknown': 'numbers',
  'right.reason-missing': 'reason',
  'right.from-wrong': 'from',
  'right.until-wrong': 'until',
  'right.already-requested': 'people',
}

function readDay(text: string | undefined): Temporal.PlainDate | undefined | 'invalid' {
  try {
    return text === undefined ? undefined : Temporal.PlainDate.from(text, { overflow: 'reject' })
  } catch {
    return 'invalid'
  }
}

function quarterEnds(now: Temporal.Instant): Temporal.Instant {
  const today = now.toZonedDateTimeISO(zone).toPlainDate()
  const first = today.with({ month: Math.floor((today.month - 1) / 3) * 3 + 1, day: 1 })
  return dayBegins(first.add({ months: 3 }))
}

function writeCursor({ name, id }: { name: string; id: string }): string {
  return Buffer.from(JSON.stringify([name, id])).toString('base64url')
}

function readCursor(cursor: string): { name: string; id: string } | 'invalid' {
  try {
    const [name, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[]
    if (typeof name === 'string' && typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id)) return { name, id }
  } catch {
    // Handled like any other invalid cursor.
  }
  return 'invalid'
}
