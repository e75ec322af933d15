/** Calls named in a request: search, match, verification (R46, L8). */
import Type, { type Static } from 'typebox'
import { Cause, Prohibition } from './ends.ts'
import { closed, instant, literals, noContent, person, uuid, ErrorBody } from './shapes.ts'

const callParams = Type.Object({ id: Type.String({ format: 'uuid' }), callId: Type.String({ format: 'uuid' }) })

export const ReportedCall = Type.Object(
  {
    day: Type.String({ format: 'date', description: 'The day of the call in Helsinki' }),
    time: Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description: 'Approximate time of day in Helsinki' }),
    accuracy: literals(
      ['MINUTES', 'HALF_HOUR', 'HOURS'],
      'Tolerance: ten minutes, half an hour or two hours before and after',
    ),
    callerNumber: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 40,
        description: 'Caller’s number in any form; absent: only calls with a withheld number are searched',
      }),
    ),
    serviceNumber: Type.Optional(
      Type.String({ minLength: 1, maxLength: 40, description: 'Number called, in any form' }),
    ),
    minutes: Type.Optional(Type.Integer({ minimum: 0, maximum: 600, description: 'Approximate duration in minutes' })),
    official: Type.Optional(
      Type.String({ minLength: 2, maxLength: 100, pattern: '\\S', description: 'Official’s name or a part of it' }),
    ),
  },
  { ...closed, description: 'Call as described by the requester; erased with the requester’s data' },
)
export type ReportedCall = Static<typeof ReportedCall>

export const CallRecording = Type.Object({
  id: Type.Optional(uuid('The recording')),
  segmentId: uuid('The segment'),
  state: literals(
    ['none', 'capturing', 'available', 'restricted', 'expired', 'destroyed'],
    'State of the recording; expired: past its term, cannot be played and not destroyed yet',
  ),
  destroyAt: Type.Optional(instant('Latest time of its destruction')),
  destroyedAt: Type.Optional(instant('Time of destruction; if its retention period ended, the start of that day')),
  cause: Type.Optional(Cause),
})

export const RequestCall = Type.Object(
  {
    id: uuid('This call of the request'),
    ordinal: Type.Integer({ description: '1, 2, ... in the order in which the requester named them' }),
    told: Type.Optional(ReportedCall),
    state: literals(
      ['SEVERAL', 'NOT_FOUND', 'FOUND', 'MATCHED', 'NOT_PARTY', 'NOT_IDENTIFIABLE'],
      'SEVERAL: more than one call fits, and none is shown; NOT_FOUND: no call fits; FOUND: exactly one fits; MATCHED: the requester is a party of it; NOT_PARTY: is not; NOT_IDENTIFIABLE: cannot be identified',
    ),
    verifyAgain: Type.Optional(
      Type.Literal(true, {
        description: 'With FOUND: true if it was verified before the requester’s name was changed',
      }),
    ),
    numberUnverified: Type.Optional(
      Type.Literal(true, {
        description: 'With FOUND: true if the network reported the caller’s number as not verified',
      }),
    ),
    /** With SEVERAL: details that would distinguish the calls. */
    askFor: Type.Optional(
      Type.Array(literals(['accuracy', 'callerNumber', 'serviceNumber', 'minutes', 'official'], 'Detail to ask for')),
    ),
    verification: Type.Optional(
      Type.Object(
        {
          by: literals(
            ['RECORDING', 'DETAILS', 'PERSONNEL'],
            'How the requester is verified as party: with a question about the recording; by details if no recording can be played; an official by the personnel register',
          ),
          recordings: Type.Array(
            Type.Object({
              id: uuid('Recording to listen to, under the request’s number'),
              hasBeenHeard: Type.Boolean({
                description:
                  'True if the clerk has played some of it under this request, after the last change of the requester’s name; needed to verify the requester as a party',
              }),
            }),
          ),
        },
        { description: 'With FOUND: how to verify the requester' },
      ),
    ),
    contact: Type.Optional(
      Type.Object(
        {
          id: uuid('The contact'),
          startedAt: instant('Start'),
          endedAt: Type.Optional(instant('End')),
          caller: Type.Object({ kind: Type.String(), number: Type.Optional(Type.String({ description: 'Masked' })) }),
          number: Type.String({ description: 'The service number called' }),
          numberName: Type.Optional(Type.Object({ fi: Type.String(), sv: Type.String(), en: Type.String() })),
          segments: Type.Array(
            Type.Object({
              id: uuid('Segment of which the requester is a party'),
              official: Type.Optional(Type.Object({ name: Type.String(), phone: Type.String() })),
              answeredAt: Type.Optional(instant('Start of the segment')),
              endedAt: Type.Optional(instant('End of the segment')),
              recording: CallRecording,
              prohibitions: Type.Array(Prohibition),
            }),
          ),
        },
        { description: 'With MATCHED: the call' },
      ),
    ),
    otherRequests: Type.Array(Type.String({ description: 'Numbers of other open requests about the same call' })),
    verifiedBy: Type.Optional(person('Clerk who verified the requester')),
  },
  { description: 'A call that the requester named' },
)
export type RequestCall = Static<typeof RequestCall>

export const requestCallOperations = {
  nameCall: {
    route: 'POST /api/requests/:id/calls',
    access: 'view',
    summary: 'Search a call that the requester names; no call is shown unless exactly one fits (R46)',
    body: ReportedCall,
    response: { 201: RequestCall, 409: ErrorBody },
  },
  narrowCall: {
    route: 'PUT /api/requests/:id/calls/:callId',
    access: 'view',
    summary: 'Search again, with more details from the requester',
    params: callParams,
    body: ReportedCall,
    response: { 200: RequestCall, 409: ErrorBody },
  },
  verifyCall: {
    route: 'POST /api/requests/:id/calls/:callId/verification',
    summary:
      'Record whether the requester is a party of the call; yes requires that the clerk has listened to the recording, if it can be played (R46)',
    params: callParams,
    body: { isParty: Type.Boolean() },
    response: noContent,
  },
  giveUpCall: {
    route: 'POST /api/requests/:id/calls/:callId/unidentifiable',
    summary:
      'Give up a call that cannot be identified, or whose party cannot be verified; it is not shown (GDPR 11, 12(6))',
    params: callParams,
    response: noContent,
  },
  withdrawCall: {
    route: 'DELETE /api/requests/:id/calls/:callId',
    summary: 'Remove a call that was named by mistake and is not matched',
    params: callParams,
    response: noContent,
  },
} as const
