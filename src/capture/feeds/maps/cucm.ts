import type { Mapping } from '../read-fields.ts'
import type { Condition, RecordMap } from '../record-map.ts'

const fields: Mapping = {
  callId: ['{globalCallId_ClusterID?} {globalCallID_callManagerId?} {globalCallID_callId}'],
  legId: ['{origLegCallIdentifier?} {destLegCallIdentifier?}'],
  startedAt: ['dateTimeOrigination'],
  answeredAt: ['dateTimeConnect'],
  endedAt: ['dateTimeDisconnect'],
  caller: ['callingPartyNumber'],
  called: ['originalCalledPartyNumber', 'finalCalledPartyNumber'],
  reached: ['huntPilotDN'],
  sipCallId: ['incomingProtocolCallRef'],
}
const sharedIds = ['refci:{destLegCallIdentifier}', 'refci:{origLegCallIdentifier}']
const answered: Condition = { field: 'dateTimeConnect', isNot: ['', '0'] }
const bridge = /^b\d{3,}/

/**
 * A line of Cisco CUCM's CDR file (cdr_<cluster>_<node>_<date>_<sequence>). Times are seconds since 1970; 0 means none. The
 * second line of each file lists types. Call management records (cmr_…, type 2) report quality, not calls. In a conference each
 * party has a leg to the bridge, whose number begins with b. Source: Call Detail Records Administration Guide.
 */
export const cucm: RecordMap = {
  framing: 'csv',
  skips: [{ field: 'cdrRecordType', matches: /^(?:2|INTEGER)$/i }],
  known: [{ field: 'cdrRecordType', is: ['1'] }],
  legs: [
    {
      when: [answered, { field: 'finalCalledPartyNumber', matches: /^(?!b\d{3,})/ }],
      fields: { ...fields, official: ['finalCalledPartyNumber'] },
      sharedIds,
    },
    {
      when: [answered, { field: 'finalCalledPartyNumber', matches: bridge }],
      fields: { ...fields, official: ['lastRedirectDn'] },
      sharedIds,
      isConference: true,
    },
    // Unanswered: the record also has the last target, but nobody spoke there.
    { when: [{ field: 'dateTimeConnect', is: ['', '0'] }], fields, sharedIds },
  ],
}
