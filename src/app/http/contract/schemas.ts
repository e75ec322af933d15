/**
 * JSON schemas of requests and responses, and the types derived from them (see ./openapi.ts). A change here affects every client.
 */
import { Heard, Reception } from './capture-seen.ts'
import Type, { type Static, type TOptional, type TUnsafe } from 'typebox'
import { numberKinds } from '#description/closed-lists.ts'
import { scopes } from '#description/roles.ts'
import type { contactFilters } from '#use/search/contact-filters.ts'
import { filterNames, filterOf, maxFilterLength, type FilterName, type FilterValue } from './contact-filters.ts'
import { Rule } from './plan.ts'
import { closed, ErrorBody, instant, literals, Purpose, Role } from './shapes.ts'

export { closed, ErrorBody, Purpose, Role }

export const SignIn = Type.Object(
  {
    userId: Type.String({ minLength: 1, maxLength: 64 }),
    password: Type.String({ minLength: 1, maxLength: 1024 }),
    otp: Type.Optional(Type.String({ maxLength: 16 })),
  },
  closed,
)

export const AccessRight = Type.Object({
  id: Type.String({ format: 'uuid' }),
  role: Role,
  duty: Type.Optional(Type.String({ description: 'QUALITY or TRAINING, for experts (R38)' })),
  purposes: Type.Array(
    Type.Object({
      purpose: Purpose,
      referenceNeeded: Type.Boolean({
        description: 'A fault, case or request must be named with this purpose (R40, R46)',
      }),
    }),
  ),
  scope: Type.Object({
    kind: literals([...scopes], 'How far the right reaches'),
    units: Type.Optional(Type.Array(Type.String())),
    numbers: Type.Optional(Type.Array(Type.String({ description: 'E.164' }))),
  }),
  until: Type.Optional(instant('When the right ends')),
})
export type AccessRight = Static<typeof AccessRight>

export const Me = Type.Object({
  personId: Type.String({ format: 'uuid' }),
  userId: Type.String(),
  name: Type.String(),
  unit: Type.Optional(Type.String()),
  rights: Type.Array(AccessRight),
  sessionEndsAt: instant('The session ends then unless it is used before'),
  confinedTo: Type.Optional(
    Type.String({
      format: 'uuid',
      description: 'The appointment that this session serves alone: it is in the listening mode (R47)',
    }),
  ),
})
export type Me = Static<typeof Me>

export const Caller = Type.Object({
  kind: literals(['e164', 'short', 'extension', 'address', 'withheld', 'unparsed'], 'How the number came'),
  number: Type.Optional(Type.String({ description: 'Masked for display unless revealed: +358 40 *** **67' })),
})

export const RecordingState = Type.Object({
  id: Type.Optional(Type.String({ format: 'uuid' })),
  state: literals(
    ['none', 'capturing', 'available', 'restricted', 'expired', 'destroyed'],
    'What there is to hear; expired: past its term, heard by nobody and not destroyed yet',
  ),
  keepUntil: Type.Optional(instant('Not destroyed before this instant (R23)')),
  destroyAt: Type.Optional(instant('Destroyed then at the latest (R24)')),
  destroyedAt: Type.Optional(instant('When it was destroyed, as the destruction ledger has it; absent until it is')),
  cause: Type.Optional(Type.String({ description: 'retention, caller, official, trimming' })),
})
export type RecordingState = Static<typeof RecordingState>

export const Segment = Type.Object({
  id: Type.String({ format: 'uuid' }),
  official: Type.Optional(
    Type.Object({ name: Type.String(), phone: Type.String() }, { description: 'As they were at call time (R11)' }),
  ),
  answeredAt: Type.Optional(instant('Start signal')),
  endedAt: Type.Optional(instant('End signal; absent while the call goes on')),
  recording: RecordingState,
  callerWishUntil: Type.Optional(
    instant(
      'The viewer, who answered this part, tells by then that its caller forbade the use of the recording in the call; absent of others’ parts and while it goes on (R49)',
    ),
  ),
})
export type Segment = Static<typeof Segment>

export const Contact = Type.Object({
  id: Type.String({ format: 'uuid' }),
  startedAt: instant('When the call was offered'),
  endedAt: Type.Optional(instant('When the call ended; absent while it goes on')),
  caller: Caller,
  number: Type.String({ description: 'The service number called, E.164' }),
  numberName: Type.Optional(
    Type.Object(
      { fi: Type.String(), sv: Type.String(), en: Type.String() },
      { description: 'What the number meant at call time (R11)' },
    ),
  ),
  segments: Type.Array(Segment),
})
export type Contact = Static<typeof Contact>

const filters = Object.fromEntries(
  filterNames.map((name) => {
    const filter = filterOf(name)
    const { description } = filter
    return [
      name,
      Type.Optional(
        filter.kind === 'choice'
          ? literals([...filter.values, ...(filter.others ?? [])], description)
          : Type.String({ maxLength: maxFilterLength, description }),
      ),
    ]
  }),
) as unknown as { [Name in FilterName]: TOptional<TUnsafe<FilterValue<(typeof contactFilters)[Name]>>> }

export const ContactsQuery = Type.Object(
  {
    purpose: Purpose,
    reference: Type.Optional(
      Type.String({ maxLength: 64, description: 'Fault or case reference where one is needed' }),
    ),
    from: Type.Optional(instant('Calls that were going on at or after this instant')),
    to: Type.Optional(instant('Calls that started before this instant')),
    ...filters,
    cursor: Type.Optional(Type.String({ maxLength: 256 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  },
  closed,
)
export type ContactsQuery = Static<typeof ContactsQuery>

export const ContactsPage = Type.Object({
  items: Type.Array(Contact),
  next: Type.Optional(Type.String({ description: 'Cursor of the next page; absent on the last' })),
  approximateTotal: Type.Integer({ description: 'Exact below 1,000; 1,000 means that many or more' }),
})
export type ContactsPage = Static<typeof ContactsPage>

export const Decision = Type.Object({
  record: Type.Boolean(),
  reason: Type.String({
    description:
      'drawn, not-drawn, switchboard, forwarded, unknown-number, no-rule, rule-ended, outside-hours, quota-full, no-official, no-consent, no-announcement, not-answered, conference',
  }),
  ruleId: Type.Optional(Type.String()),
  ruleVersion: Type.Optional(Type.Integer()),
  share: Type.Optional(Type.Number({ description: 'Share of calls to record, 0 to 1' })),
  draw: Type.Optional(Type.Number({ description: 'The keyed draw, 0 to 1; recorded when below the share (R14)' })),
  quotaUsed: Type.Optional(Type.Integer({ description: 'Recordings that the quota had counted before this call' })),
  descriptionVersion: Type.Optional(Type.Integer({ description: 'The version that decided: in force at the answer' })),
  rule: Type.Optional(
    Type.Pick(Rule, ['name', 'quota', 'hours'], { description: 'The rule as that version has it (R14)' }),
  ),
})

export const RecordingView = Type.Object({
  at: instant('When'),
  role: Role,
  purpose: Purpose,
  playedMs: Type.Optional(Type.Integer({ description: 'How much was fetched to be listened to, in milliseconds' })),
})

export const SegmentDetail = Type.Intersect([
  Segment,
  Type.Object({
    numberReached: Type.String(),
    numberReachedName: Type.Optional(Type.Object({ fi: Type.String(), sv: Type.String(), en: Type.String() })),
    decision: Decision,
    durationMs: Type.Optional(Type.Integer({ description: 'Length of the recording' })),
    marks: Type.Array(
      literals(
        [
          'incomplete',
          'end-inferred',
          'packets-lost',
          'needs-review',
          'unknown-number',
          'caller-unverified',
          'source-changed',
          'mixed-beside',
          'media-elsewhere',
          'not-playable',
          'silent',
          'not-ingested',
        ],
        'What a listener should know',
      ),
    ),
    lostPackets: Type.Optional(Type.Integer()),
    heard: Type.Optional(Heard),
    reception: Type.Optional(Reception),
    mayForbid: Type.Optional(
      literals(
        ['official', 'service-unit'],
        'The viewer tells of a prohibition: of their own call, or for a party of it (R49); absent where they do not',
      ),
    ),
    looks: Type.Array(RecordingView, { description: 'Who listened, by role and purpose' }),
  }),
])
export type SegmentDetail = Static<typeof SegmentDetail>

export const ContactDetail = Type.Intersect([
  Type.Omit(Contact, ['segments']),
  Type.Object({
    numberKind: literals([...numberKinds, 'UNKNOWN'], 'Kind of number (R7)'),
    waitedFrom: Type.Optional(
      instant(
        'When the caller reached the service, as a feed tells it; absent where that is when the call was offered',
      ),
    ),
    historyEndsAt: Type.Optional(instant('The contact-history entry is deleted then (R22)')),
    segments: Type.Array(SegmentDetail),
  }),
])
export type ContactDetail = Static<typeof ContactDetail>

export const UnderPurpose = Type.Object(
  {
    purpose: Purpose,
    reference: Type.Optional(
      Type.String({ maxLength: 64, description: 'Fault or case reference where one is needed' }),
    ),
  },
  closed,
)
export type UnderPurpose = Static<typeof UnderPurpose>

/** Purpose of a view. Default: DEVELOPMENT, the primary purpose, or else the first purpose of the person's rights. */
export const UnderPurposeOrPrimary = Type.Partial(UnderPurpose, closed)

export const RevealedCaller = Type.Object({ number: Type.String({ description: 'In full, written the Finnish way' }) })

export const Listening = Type.Object({
  id: Type.String({ format: 'uuid' }),
  audio: Type.String({
    description: 'Path of the audio: audio/wav, PCM16, 8 kHz, stereo; left caller, right official',
  }),
  peaks: Type.String({ description: 'Path of the waveform peaks' }),
  events: Type.String({ description: 'Path of the events that tell whether the listening holds' }),
  until: instant('The listening ends then'),
})
export type Listening = Static<typeof Listening>

export const ListeningEnd = Type.Object({
  why: literals(
    ['left', 'time', 'right', 'session', 'destroyed', 'restricted', 'unknown'],
    'What the listening stood on and does not any more; left: it was ended by its holder',
  ),
  since: Type.Optional(instant('Of a right that ended: when')),
})

export const ListeningSpeed = Type.Object(
  { speed: Type.Number({ minimum: 0.5, maximum: 3, description: 'Times faster than it was spoken' }) },
  closed,
)

export const Peaks = Type.Object({
  durationMs: Type.Integer(),
  peaksPerSecond: Type.Integer(),
  caller: Type.String({ description: 'base64 of unsigned bytes, one a peak, 0 to 255' }),
  official: Type.String({ description: 'base64 of unsigned bytes, one a peak, 0 to 255' }),
  gaps: Type.Array(
    Type.Object({
      track: literals(['caller', 'official'], 'Whose'),
      fromMs: Type.Integer(),
      toMs: Type.Integer(),
      kind: literals(
        ['loss', 'pause', 'consultation', 'conference'],
        'Lost on the way, on hold, or not recorded: the caller was not in the call, or somebody else was',
      ),
    }),
  ),
})
export type Peaks = Static<typeof Peaks>

export const ServiceNumber = Type.Object({
  number: Type.String({ description: 'E.164' }),
  display: Type.String({ description: 'Written the Finnish way: 029 497 000' }),
  kind: literals([...numberKinds], 'R7'),
  name: Type.Object({ fi: Type.String(), sv: Type.String(), en: Type.String() }),
})
export type ServiceNumber = Static<typeof ServiceNumber>

export const LiveCall = Type.Object({
  contactId: Type.String({ format: 'uuid' }),
  segmentId: Type.String({ format: 'uuid' }),
  startedAt: instant('When the call was offered'),
  answeredAt: Type.Optional(instant('Start signal')),
  caller: Caller,
  number: Type.String(),
  numberName: Type.Optional(Type.Object({ fi: Type.String(), sv: Type.String(), en: Type.String() })),
  official: Type.Optional(Type.Object({ name: Type.String(), phone: Type.String() })),
  recording: literals(['recording', 'paused', 'not-recorded', 'failing'], 'What happens to its audio now'),
  failure: Type.Optional(Type.String({ description: 'no-media, disk-full, no-port: why recording fails' })),
  node: Type.Optional(
    Type.Object(
      {
        name: Type.String(),
        silent: Type.Optional(Type.Literal(true, { description: 'Nothing has been heard of it for ten seconds' })),
      },
      { description: 'The capture that has the call' },
    ),
  ),
  own: Type.Optional(
    Type.Object(
      { recordingId: Type.String({ format: 'uuid' }) },
      { description: 'The viewer answers it and it is being recorded: they may forbid that (R49)' },
    ),
  ),
})
export type LiveCall = Static<typeof LiveCall>

export const LiveCalls = Type.Object({
  at: instant('When this picture was true'),
  items: Type.Array(LiveCall),
})
export type LiveCalls = Static<typeof LiveCalls>

export const Organisation = Type.Object(
  {
    name: Type.Object(
      { fi: Type.String(), sv: Type.String(), en: Type.String() },
      { description: 'The controller (R2)' },
    ),
    brand: Type.Optional(Type.String({ pattern: '^#[0-9a-fA-F]{6}$', description: 'The colour of its thin line' })),
  },
  { description: 'Whose register this is; public' },
)
export type Organisation = Static<typeof Organisation>
