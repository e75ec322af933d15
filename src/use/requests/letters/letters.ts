import { sql } from 'kysely'
import type { Language } from '#description/closed-lists.ts'
import { inSession } from '#platform/database/connect.ts'
import { databaseAct, databaseRow } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import { type SafeguardsDatabase, safeguardsOf } from '#safeguards/tables.ts'
import type { LetterContent, LetterKind } from './letter.ts'

export type DeliveryWay = 'POST' | 'EMAIL' | 'HANDED_OVER' | 'READ_ALOUD' | 'HOME'

/** A letter in a request's list, without its contents. */
export interface ListedLetter {
  id: string
  kind: LetterKind
  language: Language
  madeAt: Temporal.Instant
  /** Null: made automatically. */
  madeBy: string | null
  delivered: { at: Temporal.Instant; how: DeliveryWay; by: string } | null
  isErased: boolean
  /** True if the letter is not delivered and a fact in it has changed since it was drafted: it must be drafted again. */
  isStale: boolean
}

export interface LetterRow {
  id: string
  kind: LetterKind
  language: Language
  made_at: Temporal.Instant
  made_by: string | null
  delivered_at: Temporal.Instant | null
  delivered_how: DeliveryWay | null
  delivered_by: string | null
  erased_at: Temporal.Instant | null
  is_stale?: boolean
}

export const listedColumns = sql`l.id, l.kind, l.language, l.made_at, l.made_by, l.delivered_at, l.delivered_how, l.delivered_by,
  l.erased_at`

/** Returns the letters of a request, in the order in which they were made; none to people who do not serve the request. */
export function listLettersOf(db: SafeguardsDatabase, session: Session, requestId: string): Promise<ListedLetter[]> {
  return inSession(safeguardsOf(db), { 'seloste.session': session.token }, async (tx) => {
    const { rows } = await sql<LetterRow>`
      select ${listedColumns}, l.id in (select stale_letters(${requestId}::uuid)) as is_stale
      from letter l where l.request_id = ${requestId}::uuid order by l.made_at, l.id`.execute(tx)
    return rows.map(listedLetter)
  })
}

const letterRefusals = ['deny.role', 'not-found', 'letter.erased'] as const

/** Returns the contents of a letter; the reading is logged. */
export const readLetter = databaseRow((id: string) => ({
  statement: sql<{
    number: string
    kind: LetterKind
    language: Language
    madeAt: Temporal.Instant
    content: LetterContent
  }>`select number, kind, language, made_at as "madeAt", content from read_letter(${id}::uuid)`,
  refusals: letterRefusals,
  action: 'letter.read',
  object: { kind: 'letter', id },
}))

const changeRefusals = [...letterRefusals, 'letter.delivered'] as const

/**
 * Records, once, that a letter was sent or handed over; its request may be closed meanwhile. Refused if a fact in the letter
 * has changed since it was drafted.
 */
export const recordDelivery = databaseAct((id: string, method: DeliveryWay) => ({
  statement: sql`select deliver_letter(${id}::uuid, ${method})`,
  refusals: [...changeRefusals, 'letter.stale', 'letter.not-from-home'],
  action: 'letter.delivered',
  object: { kind: 'letter', id },
}))

export const removeLetter = databaseAct((id: string) => ({
  statement: sql`select remove_letter(${id}::uuid)`,
  refusals: changeRefusals,
  action: 'letter.removed',
  object: { kind: 'letter', id },
}))

export function listedLetter(row: LetterRow): ListedLetter {
  const { id, kind, language, made_by: madeBy, delivered_at: at, delivered_how: how, delivered_by: by } = row
  return {
    ...{ id, kind, language, madeAt: row.made_at, isErased: row.erased_at !== null },
    isStale: row.is_stale === true,
    madeBy,
    delivered: at && how && by !== null ? { at, how, by } : null,
  }
}
