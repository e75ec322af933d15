/** Statistics of capture: reception, clients, call flows (R13, R16, R17). */
import Type, { type Static } from 'typebox'
import { closed, instant, literals, refusals } from './shapes.ts'

const count = (description: string) => Type.Integer({ minimum: 0, description })
const trunk = Type.String({ description: 'Its name in SELOSTE_TRUNKS; empty for a client of no trunk' })
const client = Type.String({ description: 'Product and version, as its User-Agent says; may be empty' })
const ms = (description: string) => Type.Number({ description: `${description}, in milliseconds` })
const Track = literals(['caller', 'official', 'mixed'], 'Whose voice')

/** Reception quality of a recording, as shown to a listener. */
export const Heard = Type.Object({
  lostMs: ms('Sound that was lost on the way, of the voice that lost most'),
  oneWay: Type.Optional(literals(['caller', 'official'], 'Whose voice cannot be heard while the other’s can')),
  isSilent: Type.Optional(Type.Literal(true, { description: 'There is nothing but silence in it' })),
})

export const StreamReception = Type.Object({
  track: Track,
  codec: Type.String(),
  expected: count('Packets that should have come, outside of holds'),
  lost: count('Packets that never came (RFC 3550, A.3)'),
  lostMs: ms('The sound lost with them'),
  late: count('Packets too late to be placed'),
  duplicates: count('Copies'),
  stalledMs: ms('In which nothing came, a second or more at a time'),
  firstMs: ms('Arrival of the first packet since the recording began, or -1'),
  lastMs: ms('Arrival of the last packet, or -1'),
  jitterMs: ms('Mean inter-arrival jitter (RFC 3550, 6.4.1)'),
  worstJitterMs: ms('The worst of it'),
  silentShare: Type.Optional(
    Type.Number({ description: 'Share of packets that are silence; absent where the codec does not tell' }),
  ),
  senderReports: count('Sender reports of the client'),
  told: Type.Optional(
    Type.Object(
      { sent: count('Sent'), came: count('Came') },
      { description: 'Packets by the client’s own account, from its first to its last sender report' },
    ),
  ),
})

/** Reception statistics for technical maintenance. */
export const Reception = Type.Object({
  trunk: Type.Optional(Type.String()),
  client,
  elsewhere: Type.Optional(
    Type.String({
      description: 'Address that media came from and that the session description does not name; not recorded',
    }),
  ),
  streams: Type.Array(StreamReception),
})

export const ReceptionPeriod = Type.Object({
  at: instant('The hour or the day begins'),
  trunk,
  client,
  recordings: count('Recordings that ended in it'),
  oneWay: count('Of them with one voice missing'),
  silent: count('Of them with nothing but silence'),
  lossy: count('Of them that lost 3 % of a stream’s packets or more'),
  empty: count('Of them to which no packet came'),
  expected: count('Packets that should have come'),
  lost: count('Packets that never came'),
  late: count('Packets too late to be placed'),
  duplicates: count('Copies'),
  jitterMs: ms('Mean of the streams’ jitter'),
  worstJitterMs: ms('The worst of it'),
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
  problems: count('Different problems, doubts and refusals'),
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
    'What it is the name of: what was sent, then where each value was taken from and what was wrong',
  ),
  name: Type.String({ description: 'The name alone; never a value that was sent' }),
  times: count('In so many sessions'),
  lastAt: instant('Last seen'),
})
export type ClientSends = Static<typeof ClientSends>

export const StandingBlocker = Type.Object({
  kind: literals(['object-store', 'disk', 'database', 'key-store', 'backlog', 'clock', 'other'], 'What does not work'),
  code: Type.String({ description: 'A code of docs/operate/faults.md, of PostgreSQL or of the operating system' }),
  about: Type.Optional(Type.String({ description: 'Which operation or volume' })),
  of: Type.String({ description: 'The process that it keeps from its work' }),
  since: instant('First failure'),
  standsStill: Type.String({ description: 'What stands still, in English' }),
  remedy: Type.String({ description: 'What to do, in English' }),
})

export const CaptureNode = Type.Object({
  id: Type.String({ format: 'uuid' }),
  name: Type.String({ description: 'As SELOSTE_NODE calls it' }),
  version: Type.String(),
  startedAt: instant('Its process began'),
  aliveAt: instant('Heard of last'),
  state: literals(
    ['takes-calls', 'busy', 'draining', 'silent', 'ended'],
    'busy: takes no new session under pressure; silent: nothing heard for ten seconds; ended: it was stopped, or is drained',
  ),
  pressures: Type.Array(Type.String(), { description: 'What presses, as in docs/operate/overload.md' }),
  sessions: count('Sessions that go on'),
  recordings: count('Recordings in progress'),
  waiting: count('Parts of calls whose facts wait on its disk'),
  openCalls: count('Calls of the last day without an end, by what it told'),
  sharesName: Type.Boolean({ description: 'It answers, and so does another of its name' }),
})
export type CaptureNode = Static<typeof CaptureNode>

const flowHead = {
  id: Type.String({ format: 'uuid' }),
  segments: Type.Array(
    Type.Object({ segmentId: Type.String({ format: 'uuid' }), contactId: Type.String({ format: 'uuid' }) }),
    { description: 'The parts of calls that the session tells of' },
  ),
  node: Type.String({ description: 'The capture that remembers it' }),
  client,
  transport: literals(['udp', 'tcp', 'tls'], 'How its requests came'),
  startedAt: instant('The first request came'),
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
      by: literals(
        ['client', 'recorder', 'capture'],
        'The recording client, our signalling, or what became of the call',
      ),
      what: Type.String({ description: 'A SIP method or status, RTP, RTCP, or a state' }),
      with: Type.Array(Type.String(), { description: 'What it carried, or why: words of ours alone' }),
    }),
  ),
  leftOut: count('Steps beyond the longest flow that is kept'),
})
export type CallFlow = Static<typeof CallFlow>

export const captureSeenOperations = {
  readReception: {
    route: 'GET /api/capture/reception',
    summary: 'How recordings came in, by trunk, client and hour or day, newest first; counts only',
    querystring: Type.Object(
      {
        from: instant('From'),
        to: instant('Until before; 93 days at most, or 8 days by the hour'),
        by: literals(['hour', 'day'], 'How finely'),
      },
      closed,
    ),
    response: { 200: Type.Object({ items: Type.Array(ReceptionPeriod) }), ...refusals },
  },
  listClients: {
    route: 'GET /api/capture/clients',
    summary: 'Every recording client that was seen, the latest first',
    response: { 200: Type.Object({ items: Type.Array(SeenClient) }), ...refusals },
  },
  readClient: {
    route: 'GET /api/capture/clients/:id',
    summary: 'What a recording client sends and what was made of it: names, never values',
    params: Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
    response: {
      200: Type.Object({ client: SeenClient, sends: Type.Array(ClientSends) }),
      ...refusals,
    },
  },
  listCaptureNodes: {
    route: 'GET /api/capture/nodes',
    summary: 'The captures of this register, on whichever machines, and how each is',
    response: { 200: Type.Object({ items: Type.Array(CaptureNode) }), ...refusals },
  },
  listBlockers: {
    route: 'GET /api/operation/blockers',
    summary: 'What keeps the installation from its work, since when, and what to do',
    response: {
      200: Type.Object({
        missing: Type.Array(Type.String(), { description: 'Parts that do not answer' }),
        items: Type.Array(StandingBlocker),
      }),
      ...refusals,
    },
  },
  listCallFlows: {
    route: 'GET /api/capture/flows',
    summary: 'Sessions whose signalling capture still remembers, newest first',
    querystring: Type.Object(
      { segment: Type.Optional(Type.String({ format: 'uuid', description: 'Those of this part of a call' })) },
      closed,
    ),
    response: {
      200: Type.Object({
        items: Type.Array(FlowHead),
        unanswered: Type.Array(Type.String(), { description: 'Captures that did not answer' }),
      }),
      ...refusals,
    },
  },
  readCallFlow: {
    route: 'GET /api/capture/flows/:id',
    summary: 'How one session was signalled, step by step, without numbers or names; reading it is logged',
    params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
    response: { 200: CallFlow, ...refusals },
  },
} as const
