import { answer } from '../answer.ts'
import { describedNow, type Desk } from '../desk.ts'
import type { Routes } from '../routes.ts'

/** Whose register this is (R2); public, so that the sign-in page can say it. */
export function organisationRoutes(app: Routes, desk: Desk): void {
  answer(app, { readOrganisation: () => ({ name: describedNow(desk).controller.name }) })
}
