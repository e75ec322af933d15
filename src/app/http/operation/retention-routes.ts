import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import { isTooLong, readDue } from '#use/retention/read-due.ts'
import { readRetention, type Retention as Overview } from '#use/retention/read-retention.ts'
import { operations } from '../contract/operations.ts'
import type { Obstacle, Retention } from '../contract/retention.ts'
import type { Desk } from '../desk.ts'
import { readInstant } from '../read-instant.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** What is held, what ends when, what stands in the way: counts (R22-R26). */
export function retentionRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.readRetention,
    handler: async (request, reply) => {
      const { session } = request
      const found = await readRetention(desk.db, session)
      return 'refused' in found ? refuse(reply, found.refused) : reply.send(viewRetention(found))
    },
  })

  app.route({
    ...operations.readDue,
    handler: async (request, reply) => {
      const { session } = request
      const { from: fromText, to: toText, by, number: written } = request.query
      const [from, to] = [readInstant(fromText), readInstant(toText)]
      if (!from || from === 'invalid') return refuse(reply, 'input.invalid', { field: 'from' })
      if (!to || to === 'invalid') return refuse(reply, 'input.invalid', { field: 'to' })
      const number = written === undefined ? undefined : normalisePhoneNumber(written).key
      if (number === null) return refuse(reply, 'input.invalid', { field: 'number' })
      const asked = { from, to, by, number }
      if (isTooLong(asked)) {
        const message = 'The time must end after it begins, and be 15 months at most, or 31 days by the hour.'
        return refuse(reply, 'input.invalid', { field: 'to', message })
      }
      const due = await readDue(desk.db, session, asked)
      if ('refused' in due) return refuse(reply, due.refused)
      const items = due.map(({ begins, ends, ...counts }) => ({
        from: begins.toString(),
        until: ends.toString(),
        ...counts,
      }))
      return reply.send({ items })
    },
  })
}

function viewRetention({ asOf, terms, counts, clock, runs, obstacles, may }: Overview): Retention {
  const { stoppedSince, mark, now, ...rest } = clock
  return {
    asOf: asOf.toString(),
    terms,
    recordings: {
      held: counts.held,
      restricted: counts.restricted,
      dueToday: counts.due_today,
      overdue: counts.overdue,
      ...(counts.next_recording && { oldestDestroyAt: counts.next_recording.toString() }),
    },
    history: {
      contacts: counts.contacts,
      overdue: counts.contacts_overdue,
      ...(counts.next_contact && { oldestEndsAt: counts.next_contact.toString() }),
    },
    clock: {
      ...rest,
      mark: mark.toString(),
      now: now.toString(),
      ...(stoppedSince && { stoppedSince: stoppedSince.toString() }),
    },
    runs: runs.map(({ at, ...run }) => ({ ...run, at: at.toString() })),
    obstacles: obstacles.map(({ kind, count, since, deadline, place, example, fault }) => ({
      kind: kind as Obstacle['kind'],
      count,
      ...(since && { since: since.toString() }),
      ...(deadline && { deadline: deadline.toString() }),
      ...(place !== null && { place }),
      ...(example !== null && { example }),
      ...(fault !== null && { fault }),
    })),
    may,
  }
}
