import type { RecordMap } from '../record-map.ts'

/**
 * A CSV with a row per leg of a call, exported for Seloste from an operator's mediation of Metaswitch's records or from its
 * call log. The headings are defined by Seloste (docs/formats).
 */
export const metaswitch: RecordMap = {
  framing: 'csv',
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
