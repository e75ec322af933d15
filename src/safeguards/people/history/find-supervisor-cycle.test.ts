import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sql } from 'kysely'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import type { SafeguardTables } from '../../tables.ts'
import { enterPerson } from '../enter-person.ts'
import { findSupervisorCycle } from './find-supervisor-cycle.ts'
import { readHistories, type PersonHistory } from './person-history.ts'
import { writeHistories } from './write-histories.ts'

const database = await createTestDatabase<SafeguardTables>()
const db = database.as().db
const at = (day: number) => Temporal.Instant.fromEpochMilliseconds(day * 86_400_000)

const people = await Promise.all(
  ['a', 'b', 'c', 'd'].map(async (userId) => {
    const made = await enterPerson(db, { userId, name: userId, employedFrom: at(0) })
    if ('refused' in made) throw new Error(made.refused)
    return made.id
  }),
)

/** Supervisors of each person: who, from which day, for how many days. */
const arrangement = fc.array(
  fc.array(
    fc.record({
      who: fc.integer({ min: 0, max: 3 }),
      from: fc.integer({ min: 0, max: 9 }),
      days: fc.integer({ min: 1, max: 4 }),
    }),
    {
      maxLength: 2,
    },
  ),
  { minLength: 4, maxLength: 4 },
)

test('the program and the database find the same cycles of supervisors', { timeout: 60_000 }, async () => {
  const before = await readHistories(db, people)
  let [cyclic, acyclic] = [0, 0]
  await fc.assert(
    fc.asyncProperty(arrangement, async (supervisors) => {
      const after = people.map((id, index): PersonHistory => {
        const person = before.find((history) => history.id === id)
        if (!person) throw new Error('nobody')
        let free = 0
        const placements = (supervisors[index] ?? [])
          .filter(({ who }) => who !== index)
          .map(({ who, from, days }) => {
            const start = Math.max(free, from)
            free = start + days
            return { unitId: null, supervisorId: people[who] ?? null, from: at(start), to: at(free) }
          })
        return { ...person, placements }
      })
      const byId = new Map(after.map((person) => [person.id, person]))
      const found = after.some((person) => findSupervisorCycle(person, (id) => byId.get(id)) !== undefined)
      const written = await db
        .transaction()
        .execute(async (tx) => {
          await writeHistories(
            tx,
            after.map((person) => ({ before: before.find(({ id }) => id === person.id), after: person })),
          )
          // An error, so that a valid change is rolled back too: 22012 is division by zero.
          await sql`select 1/0`.execute(tx)
        })
        .catch((error: { constraint?: string; code?: string }) => error.constraint ?? error.code)
      expect(written).toBe(found ? 'person_placement_circle' : '22012')
      if (found) cyclic += 1
      else acyclic += 1
    }),
    { numRuns: 150 },
  )
  expect(Math.min(cyclic, acyclic)).toBeGreaterThan(0)
})
