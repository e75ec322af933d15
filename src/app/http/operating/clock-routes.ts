import { confirmClock } from '#destruction/clock.ts'
import { registerOperations, done } from '../answer.ts'
import type { Desk } from '../desk.ts'
import { readInstant } from '../read-instant.ts'
import type { Routes } from '../routes.ts'

/** Confirmation, by two people, of a clock that is ahead. */
export function clockRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    confirmClock: ({ session, body }) => {
      const shownTime = readInstant(body.now)
      return shownTime === 'invalid'
        ? { refused: 'input.invalid', field: 'now' }
        : done(confirmClock(desk.db, session, shownTime))
    },
  })
}
