import { answer } from '../answer.ts'
import { describedNow, type Desk } from '../desk.ts'
import type { Routes } from '../routes.ts'

/** The controller (R2); public, for the sign-in page. */
export function organisationRoutes(app: Routes, desk: Desk): void {
  answer(app, { readOrganisation: () => ({ name: describedNow(desk).controller.name }) })
}
