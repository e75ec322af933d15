/**
 * Stores requests of requesters who have identified strongly, and returns the answers, in the custodian. An answer is found
 * by a digest of the request's code and of the person. Neither is stored, so that the database contains no identity code,
 * and nobody finds the answer with one of the two alone.
 */
import { sql } from 'kysely'
import type { Language } from '#description/closed-lists.ts'
import type { RequesterIdentification } from '#safeguards/sign-in/requester-identity.ts'
import { canonicalJson } from '#safeguards/audit/entry-bytes.ts'
import { safeguardsOf, type SafeguardsDatabase } from '#safeguards/tables.ts'
import type { LetterContent, LetterKind } from '../letters/letter.ts'
import { sendIdentifiedRequest, type DiscardReason, type SendRefusal, type SentRequest } from './home-requests.ts'

export interface HomeAnswer {
  /** waiting: no clerk has accepted the request yet. discarded: a clerk has discarded it for `reason`. */
  state: 'waiting' | 'open' | 'closed' | 'discarded'
  reason?: DiscardReason
  discardedAt?: string
  number?: string
  /** Letters that the Service Unit delivered to be fetched here. */
  letters: { id: string; kind: LetterKind; language: Language; deliveredAt: string; content: LetterContent }[]
}

type Expired = { refused: 'home.identify-again' }
type TooMany = { refused: 'home.too-many' }

/** Different requests that one person may send in a day, so that nobody fills the queue of identified requesters alone. */
const maxInDay = 10
const dayMs = 24 * 3_600_000

export interface IdentifiedDesk extends Pick<RequesterIdentification, 'begin' | 'finish'> {
  /** Returns the name in a ticket, to show the form again. */
  who: (request: { ticket: string }) => Promise<{ name: string } | Expired>
  /** Stores the request under the name that the provider stated, and returns the code for its answer. */
  send: (request: {
    ticket: string
    request: Omit<SentRequest, 'requester'> & { requester: Omit<SentRequest['requester'], 'name'> }
  }) => Promise<{ code: string; name: string } | SendRefusal | Expired | TooMany>
  /** Returns the answer of a code; refuses a wrong code and another person's code alike. */
  fetchAnswer: (request: { ticket: string; code: string }) => Promise<HomeAnswer | { refused: 'not-found' } | Expired>
}

/**
 * @param isOffered whether the description in force offers strong identification
 */
export function createIdentifiedDesk(
  db: SafeguardsDatabase,
  identification: RequesterIdentification,
  isOffered: () => boolean,
): IdentifiedDesk {
  const open = (ticket: string) => (isOffered() ? identification.open(ticket) : undefined)
  const limit = createDayLimit()
  return {
    async begin(request) {
      return isOffered() ? identification.begin(request) : { refused: 'unavailable' }
    },
    async finish(request) {
      return isOffered() ? identification.finish(request) : { refused: 'unavailable' }
    },
    async who({ ticket }) {
      const person = open(ticket)
      return person ? { name: person.name } : expired
    },
    async send({ ticket, request }) {
      const person = open(ticket)
      if (!person) return expired
      const { at, name } = person
      const named = { ...request, requester: { ...request.requester, name } }
      const code = person.codeOf(canonicalJson({ ...named, kinds: named.kinds.toSorted() }))
      // The digest of a person without a code is kept in memory only.
      if (!limit.take(person.digestOf('').toString('base64'), code)) return { refused: 'home.too-many' }
      const sent = await sendIdentifiedRequest(db, named, { at, digest: person.digestOf(code) })
      return sent === 'sent' ? { code, name } : sent
    },
    async fetchAnswer({ ticket, code }) {
      const person = open(ticket)
      if (!person) return expired
      const { rows } = await sql<{ answer: HomeAnswer | null }>`
        select read_home_answer(${person.digestOf(code)}::bytea) as answer`.execute(safeguardsOf(db))
      return rows[0]?.answer ?? { refused: 'not-found' }
    },
  }
}

const expired: Expired = { refused: 'home.identify-again' }

/** Counts the different codes of each person during the last day of this process. The same code may be taken again. */
function createDayLimit(): { take: (person: string, code: string) => boolean } {
  const taken = new Map<string, Map<string, number>>()
  return {
    take(person, code) {
      const nowMs = performance.now()
      for (const [key, codes] of taken) {
        for (const [old, atMs] of codes) if (nowMs - atMs > dayMs) codes.delete(old)
        if (codes.size === 0) taken.delete(key)
      }
      const codes = taken.getOrInsertComputed(person, () => new Map())
      if (!codes.has(code) && codes.size >= maxInDay) return false
      codes.set(code, nowMs)
      return true
    },
  }
}
