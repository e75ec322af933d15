/** Calls named in a request: search, match, verification (R46, L8). */
import Type, { type Static } from 'typebox'
import { Cause, Prohibition } from './ends.ts'
import { closed, instant, literals, noContent, person, refusals, uuid } from './shapes.ts'

const callOf = Type.Object({ id: Type.String({ format: 'uuid' }), callId: Type.String({ format: 'uuid' }) })

export const ReportedCall = Type.Object(
  {
    day: Type.String({ format: 'date', description: 'The day of the call in Helsinki' }),
    time: Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description: 'About when, by the clock of Helsinki' }),
    accuracy: literals(['MINUTES', 'HALF_HOUR', 'HOURS'], 'To ten minutes, to half an hour, to two hours either way'),
    callerNumber: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 40,
        description: 'In any form; without it only calls with a withheld number are looked at',
      }),
    ),
    serviceNumber: Type.Optional(
      Type.String({ minLength: 1, maxLength: 40, description: 'The number that was called, in any form' }),
    ),
    minutes: Type.Optional(Type.Integer({ minimum: 0, maximum: 600, description: 'About how long, in minutes' })),
    official: Type.Optional(
      Type.String({ minLength: 2, maxLength: 100, pattern: '\\S', description: 'The official’s name or a part of it' }),
    ),
  },
  { ...closed, description: 'What the requester told of a call; erased with who the requester is' },
)
export type ReportedCall = Static<typeof ReportedCall>

export const CallRecording = Type.Object({
  id: Type.Optional(uuid('The recording')),
  segmentId: uuid('The part of the call'),
  state: literals(
    ['none', 'capturing', 'available', 'restricted', 'expired', 'destroyed'],
    'What there is to hear; expired: past its term, heard by nobody and not destroyed yet',
  ),
  destroyAt: Type.Optional(instant('Destroyed then at the latest')),
  destroyedAt: Type.Optional(instant('Destroyed')),
  cause: Type.Optional(Cause),
})

export const RequestCall = Type.Object(
  {
    id: uuid('This call of the request'),
    ordinal: Type.Integer({ description: '1, 2, ... as the requester named them' }),
    told: Type.Optional(ReportedCall),
    state: literals(
      ['SEVERAL', 'NOT_FOUND', 'FOUND', 'MATCHED', 'NOT_PARTY', 'NOT_IDENTIFIABLE'],
      'More than one call fits, and nothing is shown of any; none fits; exactly one fits; the requester is shown to be its party; is not; several stay alike',
    ),
    verifyAgain: Type.Optional(
      Type.Literal(true, { description: 'FOUND: it was verified before the requester’s name was changed' }),
    ),
    numberUnverified: Type.Optional(
      Type.Literal(true, {
        description: 'FOUND: the telephone network said that the caller’s number is not the caller’s',
      }),
    ),
    /** If the outcome is SEVERAL: questions whose answers would distinguish the calls. */
    askFor: Type.Optional(
      Type.Array(literals(['accuracy', 'callerNumber', 'serviceNumber', 'minutes', 'official'], 'What to ask for')),
    ),
    verification: Type.Optional(
      Type.Object(
        {
          by: literals(
            ['RECORDING', 'DETAILS', 'PERSONNEL'],
            'How the requester is shown to be the party: by a question answered from the recording; where there is none to hear, by what was told; an official by the personnel register',
          ),
          recordings: Type.Array(
            Type.Object({
              id: uuid('To listen to, under the request’s number'),
              hasBeenHeard: Type.Boolean({ description: 'By the clerk who asks' }),
            }),
          ),
        },
        { description: 'FOUND: how to verify it' },
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
              id: uuid('A part of the call that the requester is a party of'),
              official: Type.Optional(Type.Object({ name: Type.String(), phone: Type.String() })),
              answeredAt: Type.Optional(instant('Start signal')),
              endedAt: Type.Optional(instant('End signal')),
              recording: CallRecording,
              prohibitions: Type.Array(Prohibition),
            }),
          ),
        },
        { description: 'MATCHED: the call itself' },
      ),
    ),
    otherRequests: Type.Array(Type.String({ description: 'Numbers of other open requests about the same call' })),
    verifiedBy: Type.Optional(person('Who found the requester to be its party')),
  },
  { description: 'A call that the requester named' },
)
export type RequestCall = Static<typeof RequestCall>

export const requestCallOperations = {
  nameCall: {
    route: 'POST /api/requests/:id/calls',
    access: 'view',
    summary: 'Look for a call that the requester names; nothing is told of any unless exactly one fits (R46)',
    body: ReportedCall,
    response: { 201: RequestCall, 409: refusals[400], ...refusals },
  },
  narrowCall: {
    route: 'PUT /api/requests/:id/calls/:callId',
    access: 'view',
    summary: 'Look again, with more of what the requester told',
    params: callOf,
    body: ReportedCall,
    response: { 200: RequestCall, 409: refusals[400], ...refusals },
  },
  verifyCall: {
    route: 'POST /api/requests/:id/calls/:callId/verification',
    summary: 'Say whether the requester is a party of the call; by its recording, where one can be heard (R46)',
    params: callOf,
    body: Type.Object({ isParty: Type.Boolean() }, closed),
    response: noContent,
  },
  giveUpCall: {
    route: 'POST /api/requests/:id/calls/:callId/unidentifiable',
    summary: 'Several calls stay alike, or nothing shows whose it is: none is told of (GDPR 11, 12(6))',
    params: callOf,
    response: noContent,
  },
  withdrawCall: {
    route: 'DELETE /api/requests/:id/calls/:callId',
    summary: 'Take back a call that was named by mistake and is not matched',
    params: callOf,
    response: noContent,
  },
} as const
