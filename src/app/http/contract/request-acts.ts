/**
 * Requests under present law, which the description can enable: copies, corrections, official documents (C1, C11, C12; L6, L10,
 * L13).
 */
import Type, { type Static } from 'typebox'
import { Download, instant, literals, noContent, person, uuid, written, ErrorBody } from './shapes.ts'

export const SubjectCopy = Type.Object(
  {
    id: uuid('The copy'),
    recordingId: uuid('The recording'),
    method: literals(
      ['PASSPHRASE', 'KEY'],
      'Encrypted with a passphrase, communicated separately from the link, or to the person’s own age key',
    ),
    madeAt: instant('Made'),
    madeBy: person('By whom'),
    expiresAt: instant('Can be downloaded once, before this instant'),
    state: literals(
      ['making', 'ready', 'taken', 'expired', 'withdrawn', 'destroyed', 'failed'],
      'destroyed: with its recording; failed: could not be created, so another can be requested',
    ),
    takenAt: Type.Optional(instant('Downloaded')),
    downloads: Type.Array(Download, { description: 'Downloads, begun or refused, oldest first' }),
  },
  { description: 'A copy for the requester (GDPR 15(3)), which nobody in the agency can decrypt' },
)
export type SubjectCopy = Static<typeof SubjectCopy>

export const Correction = Type.Object({
  id: uuid('The correction'),
  requestId: uuid('The request'),
  requestNumber: Type.String(),
  requestDueAt: instant('When the request is to be answered'),
  segmentId: uuid('The segment'),
  was: Type.Optional(Type.Object({ name: Type.String(), phone: Type.Optional(Type.String()) })),
  becomes: Type.Object({
    id: uuid('Person in the directory'),
    name: Type.String(),
    phone: Type.Optional(Type.String()),
  }),
  proposedAt: instant('Proposed'),
  proposedBy: person('By whom'),
  decided: Type.Optional(
    Type.Object({ at: instant('When'), by: person('By whom'), outcome: literals(['APPROVED', 'REJECTED'], 'Outcome') }),
  ),
})
export type Correction = Static<typeof Correction>

const leadsTo = literals(['RESEARCH', 'AUTHORITY'], 'Kind of disclosure to which it is referred')

export const OpennessDecision = Type.Object({
  at: instant('Decided'),
  by: person('The decision maker'),
  outcome: literals(
    ['SECRET', 'REFERRED'],
    'SECRET: refused, with the provision and how to appeal; REFERRED: granted through a disclosure',
  ),
  provision: Type.String(),
  leadsTo: Type.Optional(leadsTo),
  takenUpAt: Type.Optional(instant('When a disclosure was begun for it')),
  disclosure: Type.Optional(Type.String({ description: 'Its number, for the decision maker' })),
})
export type OpennessDecision = Static<typeof OpennessDecision>

export const requestActOperations = {
  makeCopy: {
    route: 'POST /api/requests/:id/copies',
    summary: 'Create an encrypted copy of a matched recording for the requester, to be downloaded once (C1)',
    body: {
      recordingId: uuid('A recording of a matched call'),
      method: literals(['PASSPHRASE', 'KEY'], 'How it is encrypted'),
      recipient: Type.Optional(
        Type.String({ pattern: '^age1[0-9a-z]{58}$', description: 'KEY: the person’s age recipient' }),
      ),
      othersRights: literals(['WEIGHED'], 'WEIGHED: the rights of the other party have been considered (GDPR 15(4))'),
    },
    response: {
      201: Type.Object({
        id: uuid('The copy'),
        link: Type.String({ description: 'Path of the download page; shown once' }),
        passphrase: Type.Optional(
          Type.String({ description: 'Shown once; passphrase, communicated separately from the link' }),
        ),
        expiresAt: instant('Until'),
      }),
      409: ErrorBody,
    },
  },
  withdrawCopy: {
    route: 'DELETE /api/copies/:id',
    summary: 'Withdraw a copy that was not downloaded',
    response: noContent,
  },
  proposeCorrection: {
    route: 'POST /api/requests/:id/corrections',
    summary:
      'Propose a correction of the official who answered a segment of a matched call; somebody else decides (GDPR 16)',
    body: { segmentId: uuid('The segment'), officialUserId: written(64, 'Official who answered') },
    response: { 201: Type.Object({ id: uuid('The correction') }), 409: ErrorBody },
  },
  listRequestDecisions: {
    route: 'GET /api/request-decisions',
    access: 'view',
    summary: 'List request decisions pending for the decision maker: corrections, and requests for official documents',
    response: {
      200: Type.Object({
        corrections: Type.Array(Correction),
        openness: Type.Array(
          Type.Object({
            requestId: uuid('The request'),
            number: Type.String(),
            receivedAt: instant('Received'),
            dueAt: instant('Due'),
            decision: Type.Optional(OpennessDecision),
          }),
        ),
      }),
    },
  },
  decideCorrection: {
    route: 'POST /api/corrections/:id/decision',
    summary: 'Decide on a correction; the previous value stays in the log',
    body: { outcome: literals(['APPROVED', 'REJECTED'], 'Outcome') },
    response: noContent,
  },
  decideOpenness: {
    route: 'POST /api/requests/:id/openness-decision',
    summary: 'Decide on a request for an official document (Act 621/1999 sections 14 and 24)',
    body: {
      outcome: literals(['SECRET', 'REFERRED'], 'Outcome'),
      provision: written(200, 'The legal provision applied'),
      leadsTo: Type.Optional(leadsTo),
    },
    response: noContent,
  },
} as const
