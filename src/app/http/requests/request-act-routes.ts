import { decideCorrection, decideOpenness, proposeCorrection, withdrawCopy } from '#use/requests/acts/acts.ts'
import { listRequestDecisions } from '#use/requests/acts/list-acts.ts'
import { registerOperations } from '../answer.ts'
import { logCustodianRefusal } from '../log-custodian-refusal.ts'
import type { Desk } from '../desk.ts'
import { fieldsBy } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** Routes for requests under present law, if enabled by the description: copies, corrections, official documents. */
export function requestActRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    makeCopy: async ({ session, params, body: { recordingId, method, recipient } }) => {
      const request = { session: session.token, request: params.id, recording: recordingId, method, recipient }
      const entry = { action: 'subject-copy.made', object: { kind: 'request', id: params.id } } as const
      const made = await logCustodianRefusal(desk, session, entry, desk.custodian.copies.make(request))
      return 'refused' in made ? withField(made) : { ...made, link: `/copies/${made.token}` }
    },

    withdrawCopy: ({ session, params }) => withdrawCopy(desk.db, session, params.id),

    proposeCorrection: async ({ session, params, body }) =>
      withField(await proposeCorrection(desk.db, session, params.id, body)),

    listRequestDecisions: ({ session }) => listRequestDecisions(desk.db, session),
    decideCorrection: ({ session, params, body }) => decideCorrection(desk.db, session, params.id, body.outcome),

    decideOpenness: async ({ session, params, body }) =>
      withField(await decideOpenness(desk.db, session, params.id, body)),
  })
}

/** Adds the form field that a refusal is about. */
const withField = fieldsBy({
  'copy.recipient': 'recipient',
  'correction.nobody': 'officialUserId',
  'correction.same': 'officialUserId',
  'input.identity-code': 'provision',
  'openness.leads-nowhere': 'leadsTo',
})
