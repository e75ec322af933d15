import { sql } from 'kysely'
import type { RegisterDescription } from '#description/register-description.ts'
import { inSession, withTransaction } from '#platform/database/connect.ts'
import { returnRefusal } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import { safeguardsOf, type SafeguardsDatabase } from '#safeguards/tables.ts'
import { templateInForce } from './letter-templates.ts'
import type { LetterFacts } from './letter-facts.ts'
import type { LetterKind, RefusalGround } from './letter.ts'
import { listedColumns, listedLetter, type ListedLetter, type LetterRow } from './letters.ts'
import { renderLetter } from './render-letter.ts'

const draftRefusals = [
  'deny.role',
  'not-found',
  'request.closed',
  'request.not-identified',
  'letter.nothing-to-tell',
  'letter.call-open',
  'letter.ground-missing',
  'letter.stale',
] as const

/**
 * Drafts a letter from the request's present facts, in one transaction. Replaces an unsent letter of the same kind.
 * @param ground of a refusal; derived from the request if not given
 */
export function draftLetter(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  { kind, ground }: { kind: LetterKind; ground?: RefusalGround | undefined },
  description: RegisterDescription,
): Promise<ListedLetter | { refused: (typeof draftRefusals)[number] }> {
  const made = inSession(safeguardsOf(db), { 'seloste.session': session.token }, async (tx) => {
    const begun = await sql<{ facts: LetterFacts }>`
      select begin_letter(${id}::uuid, ${kind}, ${ground ?? null}) as facts`.execute(tx)
    const { facts } = begun.rows[0]!
    const { version, content } = await renderInForce(tx, kind, facts, description)
    const { rows } = await sql<LetterRow>`
      select ${listedColumns} from save_letter(${id}::uuid, ${kind}, ${version}, ${content}::jsonb, ${JSON.stringify(facts)}::jsonb) l`.execute(
      tx,
    )
    return listedLetter(rows[0]!)
  })
  return returnRefusal(draftRefusals, made)
}

/**
 * Makes the automatic letters (a recording was destroyed before it was listened to; everything forbidden is destroyed), each
 * once; called by the custodian.
 * @returns how many; a letter that cannot be made is reported to `onFault` and does not stop the others
 */
export async function makeLettersDue(
  db: SafeguardsDatabase,
  description: RegisterDescription,
  onFault: (error: unknown, request: string) => void,
): Promise<number> {
  const safeguards = safeguardsOf(db)
  const due = await sql<{ request: string; kind: LetterKind }>`select request, kind from letters_due()`.execute(
    safeguards,
  )
  let made = 0
  for (const { request, kind } of due.rows) {
    try {
      made += await withTransaction(safeguards, async (tx) => {
        const begun = await sql<{ facts: LetterFacts | null }>`
          select begin_letter_due(${request}::uuid, ${kind}) as facts`.execute(tx)
        const facts = begun.rows[0]?.facts
        if (!facts) return 0
        const { version, content } = await renderInForce(tx, kind, facts, description)
        await sql`select save_letter_due(${request}::uuid, ${kind}, ${version}, ${content}::jsonb, ${JSON.stringify(facts)}::jsonb)`.execute(
          tx,
        )
        return 1
      })
    } catch (error) {
      onFault(error, request)
    }
  }
  return made
}

async function renderInForce(
  tx: SafeguardsDatabase,
  kind: LetterKind,
  facts: LetterFacts,
  description: RegisterDescription,
): Promise<{ version: number; content: string }> {
  const { version, text } = await templateInForce(tx, kind, facts.language)
  return { version, content: JSON.stringify(renderLetter(kind, facts, text, description)) }
}
