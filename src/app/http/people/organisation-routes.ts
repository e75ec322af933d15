import { registerOperations } from '../answer.ts'
import { describedNow, type Desk } from '../desk.ts'
import type { Routes } from '../routes.ts'

/** Route for the data controller's name (R2). Public, because the sign-in page shows it. */
export function organisationRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, { readOrganisation: () => ({ name: describedNow(desk).controller.name }) })
}
