import type { RecordMap } from '../record-map.ts'

/**
 * A row for each leg of a call, as an operator's mediation of Metaswitch's records, or its call log, is written for Seloste; the headings
 * are this map's (docs/formats).
 */
export const metaswitch: RecordMap = {
  lies: 'csv',
  legs: [
    {
      fields: {
        callId: ['CallId'],
        legId: ['{CallId} {LegId?} {StartTime}'],
        startedAt: ['StartTime'],
        answeredAt: ['AnswerTime'],
        endedAt: ['EndTime'],
        duration: ['Duration'],
        caller: ['CallingNumber'],
        called: ['CalledNumber'],
        reached: ['RedirectingNumber'],
        official: ['AnsweringNumber'],
        direction: ['Direction'],
        sipCallId: ['SipCallId'],
      },
    },
  ],
}
