/** Pending work of the signed-in person, and missing steps of a new installation. Answered in ../start. */
import Type, { type Static } from 'typebox'
import { counted, instant, literals, Role } from './shapes.ts'

export const waitingKinds = [
  'request',
  'request-free',
  'request-home',
  'request-others',
  'pending-right',
  'appointment',
  'appointment-outcome',
  'correction',
  'openness',
  'referral',
  'research-draft',
  'research-sent-back',
  'research-check',
  'research-decide',
  'research-release',
  'research-overdue',
  'authority-assess',
  'authority-decide',
  'authority-release',
  'pending-disclosure',
  'recall',
  'hold-ending',
  'evaluation',
  'evaluation-draft',
  'disagreement',
  'calibration',
  'own-evaluation',
  'draft-decide',
  'draft-own',
  'right-decide',
  'right-review',
  'right-ending',
  'directory-change',
  'factor-removal',
  'alarm',
  'review',
  'log-broken',
  'promise',
  'unreconciled',
  'feed',
  'obstacle',
  'blocker',
] as const

export const WaitingItem = Type.Object(
  {
    kind: literals([...waitingKinds], 'Kind of pending work'),
    about: Type.Optional(
      Type.String({ description: 'Kind of the alarm, obstacle or blocker; RESEARCH or AUTHORITY of a disclosure' }),
    ),
    name: Type.Optional(
      Type.String({ description: 'Number, form, version or month by which its page calls it; never a caller’s name' }),
    ),
    id: Type.Optional(Type.String({ description: 'Id of the object concerned, for its page' })),
    item: Type.Optional(counted(1, 'Item of a disclosure')),
    count: counted(1, 'Number of items; more than one if they are not listed one by one'),
    callAt: Type.Optional(instant('Start of the call concerned')),
    since: Type.Optional(instant('Waits since then')),
    deadline: Type.Optional(instant('Deadline, or the instant at which the item disappears')),
    urgency: literals(
      ['now', 'soon', 'waits'],
      'now: the deadline has passed, or something has failed; soon: the deadline is within three days',
    ),
  },
  { description: 'One row of the start page' },
)
export type WaitingItem = Static<typeof WaitingItem>

const setupSteps = [
  'description',
  'numbers',
  'people',
  'rights',
  'second-approver',
  'recorder',
  'recording',
  'backups',
  'witness',
] as const

export const Setup = Type.Object({
  steps: Type.Array(Type.Object({ step: literals([...setupSteps], 'Steps, in order'), isDone: Type.Boolean() })),
  version: Type.Optional(Type.Integer({ description: 'Version of the description in force' })),
  missingRoles: Type.Array(Role, { description: 'Needed roles that nobody holds' }),
  sip: Type.Array(Type.String({ description: 'A SIP URI' }), {
    description: 'Addresses at which capture accepts recording sessions',
  }),
  alwaysRecorded: Type.Array(Type.String(), { description: 'Numbers whose calls are all recorded, for a test call' }),
})
export type Setup = Static<typeof Setup>

export const startOperations = {
  listWaiting: {
    route: 'GET /api/waiting',
    summary: 'List what waits for the viewer in every area of their rights, most urgent first',
    response: { 200: Type.Object({ items: Type.Array(WaitingItem) }) },
  },
  readSetup: {
    route: 'GET /api/setup',
    summary: 'Read which steps of a new installation are done, for administrators and technical maintenance',
    response: { 200: Setup },
  },
} as const
