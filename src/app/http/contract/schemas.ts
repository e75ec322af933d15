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
        description: 'True if a fault, case or request must be named with this purpose (R40, R46)',
      }),
    }),
  ),
  scope: Type.Object({
    kind: literals([...scopes], 'Access scope of the right'),
    units: Type.Optional(Type.Array(Type.String())),
    numbers: Type.Optional(Type.Array(Type.String({ description: 'E.164' }))),
  }),
  until: Type.Optional(instant('End of the right')),
})
export type AccessRight = Static<typeof AccessRight>

export const Me = Type.Object({
  personId: Type.String({ format: 'uuid' }),
  userId: Type.String(),
  name: Type.String(),
  unit: Type.Optional(Type.String()),
  rights: Type.Array(AccessRight),
  sessionEndsAt: instant('The session expires then unless it is used before'),
  confinedTo: Type.Optional(
    Type.String({
      format: 'uuid',
      description: 'Appointment to which this session is restricted in listening mode (R47)',
    }),
  ),
})
export type Me = Static<typeof Me>

export const Caller = Type.Object({
  kind: literals(['e164', 'short', 'extension', 'address', 'withheld', 'unparsed'], 'Kind of the caller’s number'),
  number: Type.Optional(Type.String({ description: 'Number for display, masked unless revealed: +358 40 *** **67' })),
})

export const RecordingState = Type.Object({
  id: Type.Optional(Type.String({ format: 'uuid' })),
  state: literals(
    ['none', 'capturing', 'available', 'restricted', 'expired', 'destroyed'],
    'State of the recording; expired: past its term, cannot be played and not destroyed yet',
  ),
  keepUntil: Type.Optional(instant('Not destroyed before this instant (R23)')),
  destroyAt: Type.Optional(instant('Latest time of its destruction (R24)')),
  destroyedAt: Type.Optional(
    instant(
      'When it was destroyed, by the destruction ledger; absent before. Of an end by its term the start of the day',
    ),
  ),
  cause: Type.Optional(Type.String({ description: 'retention, caller, official, trimming' })),
})
export type RecordingState = Static<typeof RecordingState>

export const Segment = Type.Object({
  id: Type.String({ format: 'uuid' }),
  official: Type.Optional(
    Type.Object(
      { name: Type.String(), phone: Type.String() },
      { description: 'Official at the time of the call (R11)' },
    ),
  ),
  answeredAt: Type.Optional(instant('Start of the segment')),
  endedAt: Type.Optional(instant('End of the segment; absent while it is in progress')),
  recording: RecordingState,
  callerWishUntil: Type.Optional(
    instant(
      'Until when the viewer, who answered this segment, may enter that the caller forbade use of the recording in the call; absent for other people’s segments, and while it is in progress (R49)',
    ),
  ),
})
export type Segment = Static<typeof Segment>

export const Contact = Type.Object({
  id: Type.String({ format: 'uuid' }),
  startedAt: instant('Start of the call'),
  endedAt: Type.Optional(instant('End of the call; absent while it is in progress')),
  caller: Caller,
  number: Type.String({ description: 'The service number called, E.164' }),
  numberName: Type.Optional(
    Type.Object(
      { fi: Type.String(), sv: Type.String(), en: Type.String() },
      { description: 'Name of the number at the time of the call (R11)' },
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
    reference: Type.Optional(Type.String({ maxLength: 64, description: 'Fault or case reference, if needed' })),
    from: Type.Optional(instant('Calls in progress at or after this instant')),
    to: Type.Optional(instant('Calls that started before this instant')),
    ...filters,
    order: Type.Optional(literals(['newest', 'oldest'], 'First by the call’s beginning; default: newest')),
    cursor: Type.Optional(
      Type.String({ maxLength: 256, description: 'Of a page of the same search in the same order' }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  },
  closed,
)
export type ContactsQuery = Static<typeof ContactsQuery>

export const ContactsPage = Type.Object({
  items: Type.Array(Contact),
  next: Type.Optional(Type.String({ description: 'Cursor of the next page; absent on the last' })),
  approximateTotal: Type.Integer({ description: 'Exact below 1,000; otherwise 1,000' }),
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
  draw: Type.Optional(
    Type.Number({ description: 'Result of the keyed draw, 0 to 1; recorded if below the share (R14)' }),
  ),
  quotaUsed: Type.Optional(Type.Integer({ description: 'Recordings counted in the quota before this call' })),
  descriptionVersion: Type.Optional(
    Type.Integer({ description: 'Version of the description that decided, in force when the call was answered' }),
  ),
  rule: Type.Optional(Type.Pick(Rule, ['name', 'quota', 'hours'], { description: 'The rule in that version (R14)' })),
})

export const RecordingView = Type.Object({
  at: instant('When'),
  role: Role,
  purpose: Purpose,
  playedMs: Type.Optional(Type.Integer({ description: 'Milliseconds of audio fetched' })),
})

export const SegmentDetail = Type.Intersect([
  Segment,
  Type.Object({
    numberReached: Type.String(),
    numberReachedName: Type.Optional(Type.Object({ fi: Type.String(), sv: Type.String(), en: Type.String() })),
    decision: Decision,
    durationMs: Type.Optional(Type.Integer({ description: 'Length of the recording' })),
    imported: Type.Optional(
      Type.Object(
        { source: Type.String({ description: 'Name of the earlier recorder' }), at: instant('When it came in') },
        { description: 'The recording came from a file of an earlier recorder' },
      ),
    ),
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
        'Quality marks for listeners',
      ),
    ),
    lostPackets: Type.Optional(Type.Integer()),
    heard: Type.Optional(Heard),
    reception: Type.Optional(Reception),
    mayForbid: Type.Optional(
      literals(
        ['official', 'service-unit'],
        'As whom the viewer may enter a prohibition: `official` of their own call, or `service-unit` for a party (R49); absent if they may not',
      ),
    ),
    looks: Type.Array(RecordingView, { description: 'Listenings, by role and purpose' }),
  }),
])
export type SegmentDetail = Static<typeof SegmentDetail>

export const ContactDetail = Type.Intersect([
  Type.Omit(Contact, ['segments']),
  Type.Object({
    numberKind: literals([...numberKinds, 'UNKNOWN'], 'Kind of number (R7)'),
    waitedFrom: Type.Optional(
      instant('When the caller reached the service, as reported by a feed; absent if it is the start of the call'),
    ),
    historyEndsAt: Type.Optional(instant('When the contact-history entry is deleted (R22)')),
    segments: Type.Array(SegmentDetail),
  }),
])
export type ContactDetail = Static<typeof ContactDetail>

export const UnderPurpose = Type.Object(
  {
    purpose: Purpose,
    reference: Type.Optional(Type.String({ maxLength: 64, description: 'Fault or case reference, if needed' })),
  },
  closed,
)
export type UnderPurpose = Static<typeof UnderPurpose>

/** Purpose of a view. Default: DEVELOPMENT, the primary purpose, or else the first purpose of the person's rights. */
export const UnderPurposeOrPrimary = Type.Partial(UnderPurpose, closed)

export const RevealedCaller = Type.Object({
  number: Type.String({ description: 'Complete number in Finnish notation' }),
})

export const Listening = Type.Object({
  id: Type.String({ format: 'uuid' }),
  audio: Type.String({
    description: 'Path of the audio: audio/wav, PCM16, 8 kHz, stereo; caller left, official right',
  }),
  peaks: Type.String({ description: 'Path of the waveform peaks' }),
  events: Type.String({ description: 'Path of the events about the validity of the listening' }),
  until: instant('End of the listening'),
})
export type Listening = Static<typeof Listening>

export const ListeningEnd = Type.Object({
  why: literals(
    ['left', 'time', 'right', 'session', 'destroyed', 'restricted', 'unknown'],
    'Why the listening has ended; left: closed by its holder',
  ),
  since: Type.Optional(instant('With right: when the right ended')),
})

export const ListeningSpeed = Type.Object(
  { speed: Type.Number({ minimum: 0.5, maximum: 3, description: 'Playback rate, 1 is normal' }) },
  closed,
)

export const Peaks = Type.Object({
  durationMs: Type.Integer(),
  peaksPerSecond: Type.Integer(),
  caller: Type.String({ description: 'base64 of unsigned bytes, one per peak, 0 to 255' }),
  official: Type.String({ description: 'base64 of unsigned bytes, one per peak, 0 to 255' }),
  gaps: Type.Array(
    Type.Object({
      track: literals(['caller', 'official'], 'Voice'),
      fromMs: Type.Integer(),
      toMs: Type.Integer(),
      kind: literals(
        ['loss', 'pause', 'consultation', 'conference'],
        'Kind of gap: lost, nothing sent, or not recorded because of a consultation or conference',
      ),
    }),
  ),
  holds: Type.Array(
    Type.Object({
      kind: literals(
        ['hold', 'consultation', 'conference'],
        'hold: the call was on hold; the others: not recorded during a consultation or a conference',
      ),
      fromMs: Type.Integer(),
      toMs: Type.Integer(),
    }),
    { description: 'When the call was on hold, in order' },
  ),
})
export type Peaks = Static<typeof Peaks>

export const ServiceNumber = Type.Object({
  number: Type.String({ description: 'E.164' }),
  display: Type.String({ description: 'In Finnish notation: 029 497 000' }),
  kind: literals([...numberKinds], 'R7'),
  name: Type.Object({ fi: Type.String(), sv: Type.String(), en: Type.String() }),
})
export type ServiceNumber = Static<typeof ServiceNumber>

export const LiveCall = Type.Object({
  contactId: Type.String({ format: 'uuid' }),
  segmentId: Type.String({ format: 'uuid' }),
  startedAt: instant('Start of the call'),
  answeredAt: Type.Optional(instant('Start of the segment')),
  caller: Caller,
  number: Type.String(),
  numberName: Type.Optional(Type.Object({ fi: Type.String(), sv: Type.String(), en: Type.String() })),
  official: Type.Optional(Type.Object({ name: Type.String(), phone: Type.String() })),
  recording: literals(['recording', 'paused', 'not-recorded', 'failing'], 'State of its recording'),
  failure: Type.Optional(Type.String({ description: 'Why recording fails: no-media, disk-full, no-port' })),
  node: Type.Optional(
    Type.Object(
      {
        name: Type.String(),
        silent: Type.Optional(
          Type.Literal(true, { description: 'True if its node has sent no heartbeat for ten seconds' }),
        ),
      },
      { description: 'Capture node of the call' },
    ),
  ),
  own: Type.Optional(
    Type.Object(
      { recordingId: Type.String({ format: 'uuid' }) },
      { description: 'Recording that the viewer may forbid, because they answer the call (R49)' },
    ),
  ),
})
export type LiveCall = Static<typeof LiveCall>

export const LiveCalls = Type.Object({
  at: instant('When these data were read'),
  items: Type.Array(LiveCall),
})
export type LiveCalls = Static<typeof LiveCalls>

export const Organisation = Type.Object(
  {
    name: Type.Object(
      { fi: Type.String(), sv: Type.String(), en: Type.String() },
      { description: 'The controller (R2)' },
    ),
    brand: Type.Optional(Type.String({ pattern: '^#[0-9a-fA-F]{6}$', description: 'Colour of the brand line' })),
  },
  { description: 'The controller’s name; public' },
)
export type Organisation = Static<typeof Organisation>
