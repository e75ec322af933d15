import { operations } from '../contract/operations.ts'
import { describedNow, type Desk } from '../desk.ts'
import type { Routes } from '../routes.ts'

/** Whose register this is (R2); public, so that the sign-in page can say it. */
export function organisationRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.readOrganisation,
    handler: async (_request, reply) => reply.send({ name: describedNow(desk).controller.name }),
  })
}
