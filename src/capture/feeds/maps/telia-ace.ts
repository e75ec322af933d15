import type { RecordMap } from '../record-map.ts'

/**
 * A CSV from a report in Telia ACE, made for Seloste: a row per talk of a contact, and one for a contact that nobody answered.
 * `Entrance` and `ANIS` are ACE's contact data keys of the number called and of the caller's number; the other headings are
 * defined by Seloste (docs/formats). Inquiry calls are calls between officials.
 */
export const teliaAce: RecordMap = {
  framing: 'csv',
  skips: [{ field: 'CallType', matches: /^(?:inquiry|outgoing|external|campaign|callback)/i }],
  legs: [
    {
      fields: {
        callId: ['ContactId'],
        legId: ['{ContactId} {CallId}'],
        startedAt: ['ContactStart', 'StartTime'],
        answeredAt: ['AnswerTime'],
        endedAt: ['StopTime'],
        caller: ['ANIS'],
        called: ['Entrance'],
        official: ['Extension', 'Agent'],
        sipCallId: ['SipCallId'],
      },
      direction: 'incoming',
    },
  ],
}
