import type { Mapping } from '../read-fields.ts'
import type { Condition, RecordMap } from '../record-map.ts'

const voice: Condition = { field: 'session.mediaType', is: ['voice'] }
const call: Mapping = {
  callId: ['conversationId'],
  legId: ['{conversationId} call'],
  startedAt: ['conversationStart'],
  endedAt: ['conversationEnd'],
  caller: ['session.ani'],
  called: ['session.dnis', 'session.sessionDnis'],
  direction: ['originatingDirection'],
  sipCallId: ['session.protocolCallId'],
}
const part: Mapping = {
  callId: ['conversationId'],
  legId: ['session.sessionId'],
  sipCallId: ['session.protocolCallId'],
}
const customer: Condition = { field: 'participant.purpose', is: ['customer'] }
const external: Condition = { field: 'participant.purpose', is: ['external'] }
const official: readonly Condition[] = [{ field: 'participant.purpose', is: ['agent', 'user'] }, voice]
/** Selects sessions with the caller: their peer is the caller's session. In a consultation it is the session of an official. */
const within = {
  field: 'session.peerId',
  to: 'session.sessionId',
  among: [{ field: 'participant.purpose', is: ['customer', 'external'] }],
} as const

/**
 * A conversation of Genesys Cloud as returned by POST /api/v2/analytics/conversations/details/query, or a page of
 * conversations. It has participants, their sessions, and the segments of these. An official answers when `interact` begins; in
 * `ivr`, `delay` and `alert` before it the caller waits. Officials are identified by user ids.
 */
export const genesys: RecordMap = {
  framing: 'document',
  page: 'conversations',
  each: [
    ['participants', 'participant'],
    ['sessions', 'session'],
    ['segments', 'segment'],
  ],
  known: [{ field: 'conversationId', isNot: [''] }],
  opening: [
    { when: [customer, voice], fields: call, isPart: true },
    { when: [external, voice], fields: call, isPart: true },
  ],
  legs: [
    {
      when: [...official, { field: 'segment.segmentType', is: ['interact'] }],
      within,
      fields: {
        ...part,
        answeredAt: ['segment.segmentStart'],
        endedAt: ['segment.segmentEnd'],
        official: ['participant.userId'],
      },
      isPart: true,
    },
    {
      when: [...official, { field: 'segment.segmentType', is: ['hold'] }],
      within,
      fields: { ...part, endedAt: ['segment.segmentEnd'] },
      isPart: true,
    },
  ],
}
