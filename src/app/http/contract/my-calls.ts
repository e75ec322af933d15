/** An official’s own calls: prohibitions and requests, and the Service Unit’s contact details for people who have left (R48, R49). */
import Type, { type Static } from 'typebox'
import { RequestKind } from './requests.ts'
import { instant, literals, Trilingual, uuid } from './shapes.ts'

export const OwnProhibition = Type.Object({
  id: uuid('The prohibition'),
  recordingId: uuid('The recording'),
  contactId: uuid('The call'),
  startedAt: instant('The call began'),
  party: literals(['CALLER', 'OFFICIAL'], 'Party that forbids'),
  receivedAt: instant('Received'),
  state: literals(
    ['blocked', 'waiting', 'executed'],
    'blocked: cannot be played; waiting: restricted to one open case; executed: destroyed',
  ),
  executedAt: Type.Optional(instant('Destroyed')),
})
export type OwnProhibition = Static<typeof OwnProhibition>

export const OwnRequest = Type.Object({
  number: Type.String({ description: 'P-2026-17' }),
  kinds: Type.Array(RequestKind),
  receivedAt: instant('Received'),
  dueAt: instant('Due date of the answer'),
  closedAt: Type.Optional(instant('Closed')),
  outcome: Type.Optional(literals(['ANSWERED', 'REFUSED', 'WITHDRAWN'], 'Outcome')),
})
export type OwnRequest = Static<typeof OwnRequest>

export const myCallsOperations = {
  readMyCallActs: {
    route: 'GET /api/my-calls/acts',
    summary: 'List the viewer’s own prohibitions and requests, newest first',
    response: {
      200: Type.Object({
        forbidden: Type.Array(OwnProhibition),
        asked: Type.Array(OwnRequest),
        /** Contact details of the Service Unit, from the description in force. */
        serviceUnit: Type.Object(
          { name: Trilingual, postalAddress: Trilingual, switchboard: Trilingual },
          { description: 'Contact details for officials after they have left' },
        ),
      }),
    },
  },
} as const
