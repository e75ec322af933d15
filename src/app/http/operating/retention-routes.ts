import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import { isInvalidInterval, readDue } from '#use/retention/read-due.ts'
import { readRetention, type Retention as Overview } from '#use/retention/read-retention.ts'
import { registerOperations, items, viewed } from '../answer.ts'
import type { Obstacle, Retention } from '../contract/retention.ts'
import type { Desk } from '../desk.ts'
import { readInstant } from '../read-instant.ts'
import type { Routes } from '../routes.ts'
import type { JsonForm } from '../to-json.ts'

/** Routes for counts of held records, their future destructions, and blockers (R22-R26). */
export function retentionRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    readRetention: ({ session }) => viewed(readRetention(desk.db, session), viewRetention),

    readDue: ({ session, query }) => {
      const { by, number: written } = query
      const [from, to] = [readInstant(query.from), readInstant(query.to)]
      if (from === 'invalid') return { refused: 'input.invalid', field: 'from' }
      if (to === 'invalid') return { refused: 'input.invalid', field: 'to' }
      const number = written === undefined ? undefined : normalisePhoneNumber(written).key
      if (number === null) return { refused: 'input.invalid', field: 'number' }
      const filters = { from, to, by, number }
      if (isInvalidInterval(filters)) {
        const message = 'The period must end after it begins, and be at most 15 months.'
        return { refused: 'input.invalid', field: 'to', message }
      }
      return items(readDue(desk.db, session, filters), ({ begins, ends, ...due }) => ({
        ...due,
        from: begins,
        until: ends,
      }))
    },
  })
}

function viewRetention({ counts, obstacles, ...found }: Overview): JsonForm<Retention> {
  return {
    ...found,
    recordings: {
      held: counts.held,
      restricted: counts.restricted,
      dueToday: counts.due_today,
      overdue: counts.overdue,
      oldestDestroyAt: counts.next_recording,
    },
    history: { contacts: counts.contacts, overdue: counts.contacts_overdue, oldestEndsAt: counts.next_contact },
    obstacles: obstacles.map(({ kind, ...obstacle }) => ({ ...obstacle, kind: kind as Obstacle['kind'] })),
  }
}
