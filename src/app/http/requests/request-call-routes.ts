import type { Session } from '#safeguards/people/session.ts'
import { listCallsOf } from '#use/requests/calls/list-calls.ts'
import { findCall, type SearchedCall } from '#use/requests/calls/find-call.ts'
import { parseReport, type ReportedCall } from '#use/requests/calls/reported-call.ts'
import { giveUpCall, verifyCall, withdrawCall } from '#use/requests/calls/verify-call.ts'
import { registerOperations, viewed } from '../answer.ts'
import type { Desk } from '../desk.ts'
import type { Routes } from '../routes.ts'

/** Routes for calls named in a request: search, verify, give up, withdraw (R42, R46, L8). */
export function requestCallRoutes(app: Routes, desk: Desk): void {
  const today = () => desk.clock.now().toZonedDateTimeISO('Europe/Helsinki').toPlainDate()

  registerOperations(app, {
    nameCall: ({ session, params, body }) => searchCall(session, { requestId: params.id }, body),
    narrowCall: ({ session, params, body }) => searchCall(session, callIn(params), body),
    verifyCall: ({ session, params, body }) => verifyCall(desk.db, session, callIn(params), body.isParty),
    giveUpCall: ({ session, params }) => giveUpCall(desk.db, session, callIn(params)),
    withdrawCall: ({ session, params }) => withdrawCall(desk.db, session, callIn(params)),
  })

  async function searchCall(session: Session, call: { requestId: string; callId?: string }, body: ReportedCall) {
    const report = parseReport(body, today())
    if ('refused' in report) return report
    return viewed(findCall(desk.db, session, call, report), (searched) =>
      callOf(desk, session, call.requestId, searched),
    )
  }
}

function callIn({ id, callId }: { id: string; callId: string }) {
  return { requestId: id, callId }
}

async function callOf(desk: Desk, session: Session, id: string, { call, number }: SearchedCall) {
  const found = (await listCallsOf(desk.db, session, { id, number })).find((one) => one.id === call)
  if (!found) throw new Error(`the call ${call} of request ${number} was withdrawn during the search`)
  return found
}
