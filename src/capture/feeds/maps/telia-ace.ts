import type { RecordMap } from '../record-map.ts'

/**
 * A row for each talk of a contact, and one for a contact that nobody answered, as a report of Telia ACE is made for Seloste. `Entrance`
 * and `ANIS` are ACE's contact data keys of the number called and the caller's; the other headings are this map's (docs/formats). Inquiry
 * calls are one official's to another.
 */
export const teliaAce: RecordMap = {
  lies: 'csv',
  passesOver: [{ field: 'CallType', matches: /^(?:inquiry|outgoing|external|campaign|callback)/i }],
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
