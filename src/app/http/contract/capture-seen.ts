/** Statistics of capture: reception, clients, call flows (R13, R16, R17). */
import Type, { type Static } from 'typebox'
import { instant, literals } from './shapes.ts'

const count = (description: string) => Type.Integer({ minimum: 0, description })
const trunk = Type.String({ description: 'Name in SELOSTE_TRUNKS; empty for a client without an entry' })
const client = Type.String({ description: 'Product and version from User-Agent; may be empty' })
const ms = (description: string) => Type.Number({ description: `${description}, in milliseconds` })
const Track = literals(['caller', 'official', 'mixed'], 'Voice')

/** Reception quality of a recording, as shown to a listener. */
export const Heard = Type.Object({
  lostMs: ms('Duration of lost audio, of the voice that lost most'),
  oneWay: Type.Optional(literals(['caller', 'official'], 'Voice that is missing while the other is present')),
  isSilent: Type.Optional(Type.Literal(true, { description: 'True if the recording contains only silence' })),
})

export const StreamReception = Type.Object({
  track: Track,
  codec: Type.String(),
  expected: count('Packets expected, except during holds'),
  lost: count('Packets lost (RFC 3550, A.3)'),
  lostMs: ms('Duration of the lost audio'),
  late: count('Packets that arrived too late to be recorded'),
  duplicates: count('Packets that arrived again'),
  stalledMs: ms('Total duration of gaps of a second or more without packets'),
  firstMs: ms('Arrival of the first packet since the recording began, or -1'),
  lastMs: ms('Arrival of the last packet, or -1'),
  jitterMs: ms('Mean inter-arrival jitter (RFC 3550, 6.4.1)'),
  worstJitterMs: ms('Maximum jitter'),
  silentShare: Type.Optional(
    Type.Number({ description: 'Share of packets with silence; absent if the codec does not show it' }),
  ),
  senderReports: count('Sender reports of the client'),
  told: Type.Optional(
    Type.Object(
      { sent: count('Sent, as counted by the client'), came: count('Arrived') },
      { description: 'Packets between the client’s first and last sender report' },
    ),
  ),
})

/** Reception statistics for technical maintenance. */
export const Reception = Type.Object({
  trunk: Type.Optional(Type.String()),
  client,
  elsewhere: Type.Optional(
    Type.String({
      description: 'Address that sent media but is not in the session description; its media are not recorded',
    }),
  ),
  streams: Type.Array(StreamReception),
})

export const ReceptionPeriod = Type.Object({
  at: instant('Start of the hour or day'),
  trunk,
  client,
  recordings: count('Recordings that ended in this period'),
  oneWay: count('Recordings in which one voice is missing'),
  silent: count('Recordings with only silence'),
  lossy: count('Recordings that lost 3 % or more of a stream’s packets'),
  empty: count('Recordings without packets'),
  expected: count('Packets expected'),
  lost: count('Packets lost'),
  late: count('Packets that arrived too late to be recorded'),
  duplicates: count('Packets that arrived again'),
  jitterMs: ms('Mean of the streams’ jitter'),
  worstJitterMs: ms('Maximum of the streams’ jitter'),
})
export type ReceptionPeriod = Static<typeof ReceptionPeriod>

export const SeenClient = Type.Object({
  id: Type.Integer(),
  trunk,
  client,
  firstAt: instant('First seen'),
  lastAt: instant('Last seen'),
  sessions: count('SIPREC sessions offered by recording clients'),
  refused: count('Requests refused for their body'),
  problems: count('Number of different problems, doubts and refusals'),
})
export type SeenClient = Static<typeof SeenClient>

export const ClientSends = Type.Object({
  kind: literals(
    [
      'transport',
      'body',
      'element',
      'header',
      'codec',
      'suite',
      'label',
      'mapping',
      'caller',
      'number',
      'official',
      'problem',
      'review',
      'refusal',
    ],
    'Kind of feature: parts of the request, then sources of values and problems',
  ),
  name: Type.String({ description: 'Name of the feature; never a value that was sent' }),
  times: count('Number of sessions with it'),
  lastAt: instant('Last seen'),
})
export type ClientSends = Static<typeof ClientSends>

export const StandingBlocker = Type.Object({
  kind: literals(
    ['object-store', 'disk', 'database', 'key-store', 'backlog', 'clock', 'job', 'other'],
    'Kind of blocker',
  ),
  code: Type.String({ description: 'A code of docs/operate/faults.md, of PostgreSQL or of the operating system' }),
  about: Type.Optional(Type.String({ description: 'Operation or volume concerned' })),
  of: Type.String({ description: 'Process that it blocks' }),
  since: instant('First failure'),
  standsStill: Type.String({ description: 'What is blocked, in English' }),
  remedy: Type.String({ description: 'What to do, in English' }),
})

export const CaptureNode = Type.Object({
  id: Type.String({ format: 'uuid' }),
  name: Type.String({ description: 'Name in SELOSTE_NODE' }),
  version: Type.String(),
  startedAt: instant('Start of the process'),
  aliveAt: instant('Last heartbeat'),
  state: literals(
    ['takes-calls', 'busy', 'draining', 'silent', 'ended'],
    'busy: refuses new sessions because of pressure; silent: no heartbeat for ten seconds; ended: stopped or drained',
  ),
  pressures: Type.Array(Type.String(), { description: 'Kinds of pressure (docs/operate/overload.md)' }),
  sessions: count('Live sessions'),
  recordings: count('Recordings in progress'),
  waiting: count('Segments whose facts wait on its disk for admission'),
  openCalls: count('Calls of the last day that this node has reported without an end'),
  sharesName: Type.Boolean({ description: 'True if another live node has the same name' }),
})
export type CaptureNode = Static<typeof CaptureNode>

const flowHead = {
  id: Type.String({ format: 'uuid' }),
  segments: Type.Array(
    Type.Object({ segmentId: Type.String({ format: 'uuid' }), contactId: Type.String({ format: 'uuid' }) }),
    { description: 'Segments of the session' },
  ),
  node: Type.String({ description: 'Node that has the flow in memory' }),
  client,
  transport: literals(['udp', 'tcp', 'tls'], 'Transport of its requests'),
  startedAt: instant('First request'),
  endedAt: Type.Optional(instant('The session ended')),
  problems: Type.Array(
    literals(
      [
        'refused',
        'cancelled',
        'failing',
        'end-inferred',
        'not-acknowledged',
        'session-expired',
        'one-way',
        'silent',
        'lossy',
        'empty',
        'needs-review',
      ],
      'What went wrong',
    ),
  ),
}
export const FlowHead = Type.Object(flowHead)
export type FlowHead = Static<typeof FlowHead>

export const CallFlow = Type.Object({
  ...flowHead,
  steps: Type.Array(
    Type.Object({
      at: instant('When'),
      by: literals(['client', 'recorder', 'capture'], 'Actor: the recording client, our signalling, or capture'),
      what: Type.String({ description: 'A SIP method or status, RTP, RTCP, or a state' }),
      with: Type.Array(Type.String(), { description: 'Content or reason, in fixed words' }),
    }),
  ),
  leftOut: count('Number of steps omitted because the flow is too long'),
})
export type CallFlow = Static<typeof CallFlow>

export const captureSeenOperations = {
  readReception: {
    route: 'GET /api/capture/reception',
    summary: 'Read reception statistics of recordings by trunk, client and hour or day, newest first; counts only',
    querystring: {
      from: instant('From'),
      to: instant('End (exclusive); at most 93 days, or 8 days by hour'),
      by: literals(['hour', 'day'], 'Length of the periods'),
    },
    response: { 200: Type.Object({ items: Type.Array(ReceptionPeriod) }) },
  },
  listClients: {
    route: 'GET /api/capture/clients',
    summary: 'List the recording clients seen, latest first',
    response: { 200: Type.Object({ items: Type.Array(SeenClient) }) },
  },
  readClient: {
    route: 'GET /api/capture/clients/:id',
    summary: 'Read which features a recording client sends, and the problems found; names, never values',
    params: Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
    response: { 200: Type.Object({ client: SeenClient, sends: Type.Array(ClientSends) }) },
  },
  listCaptureNodes: {
    route: 'GET /api/capture/nodes',
    summary: 'List the capture nodes of this register on all machines, with their state',
    response: { 200: Type.Object({ items: Type.Array(CaptureNode) }) },
  },
  listBlockers: {
    route: 'GET /api/operation/blockers',
    summary: 'List blockers of the installation, since when they exist, and what to do',
    response: {
      200: Type.Object({
        missing: Type.Array(Type.String(), { description: 'Components that do not answer' }),
        items: Type.Array(StandingBlocker),
      }),
    },
  },
  listCallFlows: {
    route: 'GET /api/capture/flows',
    summary: 'List sessions whose signalling is in capture’s memory, newest first; logged',
    querystring: {
      segment: Type.Optional(Type.String({ format: 'uuid', description: 'Only sessions of this segment' })),
    },
    response: {
      200: Type.Object({
        items: Type.Array(FlowHead),
        unanswered: Type.Array(Type.String(), { description: 'Captures that did not answer' }),
      }),
    },
  },
  readCallFlow: {
    route: 'GET /api/capture/flows/:id',
    summary: 'Read the signalling of a session step by step, without numbers or names; logged',
    params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
    response: { 200: CallFlow },
  },
} as const
