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
/** Sessions with the caller point back to the caller's; a consultation points to the official's who asks. */
const within = {
  field: 'session.peerId',
  to: 'session.sessionId',
  among: [{ field: 'participant.purpose', is: ['customer', 'external'] }],
} as const

/**
 * A conversation of Genesys Cloud as POST /api/v2/analytics/conversations/details/query answers it, or a page of them: participants,
 * their sessions, and the segments of these. An official answers when `interact` begins; what is in `ivr`, `delay` and `alert` before
 * is waiting. Officials are ids of users.
 */
export const genesys: RecordMap = {
  lies: 'document',
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
