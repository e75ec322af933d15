import { listOwnProhibitions, listOwnRequests } from '#use/requests/own/own-acts.ts'
import { registerOperations } from '../answer.ts'
import { describedNow, type Desk } from '../desk.ts'
import type { Routes } from '../routes.ts'

/** Routes for officials' acts on their own calls (R48, R49); the calls themselves are searched under INSPECTION. */
export function myCallsRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    readMyCallActs: async ({ session }) => {
      const forbidden = await listOwnProhibitions(desk.db, session)
      if ('refused' in forbidden) return forbidden
      const requests = await listOwnRequests(desk.db, session)
      if ('refused' in requests) return requests
      const { controller, rights } = describedNow(desk)
      const { postalAddress, switchboard } = controller
      return { forbidden, asked: requests, serviceUnit: { name: rights.unit, postalAddress, switchboard } }
    },
  })
}
