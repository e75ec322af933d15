import type { Mapping } from '../read-fields.ts'
import type { Condition, RecordMap } from '../record-map.ts'

const call: Mapping = {
  callId: ['id'],
  legId: ['{id} call'],
  startedAt: ['startDateTime'],
  endedAt: ['endDateTime'],
  caller: ['session.caller.identity.phone.id'],
  called: [
    'session.callee.identity.applicationInstance.id',
    'organizer_v2.identity.applicationInstance.id',
    'organizer.applicationInstance.id',
    'session.callee.identity.phone.id',
    'session.callee.identity.user.id',
  ],
}
const part: Mapping = {
  callId: ['id'],
  legId: ['session.id'],
  answeredAt: ['session.startDateTime'],
  endedAt: ['session.endDateTime'],
}
/** Excludes sessions that rang unanswered. */
const connected: Condition = { field: 'session.failureInfo.stage', isNot: ['callSetup'] }
const byPhone: Condition = { field: 'session.caller.identity.phone.id', isNot: [''] }

/**
 * A callRecord of Microsoft Graph with its sessions (`$expand=sessions($expand=segments)`), or a page of callRecords. A call
 * belongs to the register if its caller has a phone number. In a call to a queue each official has a session with the service.
 * Officials and the queue's resource account are identified by ids. Source: microsoft.graph.callRecords, v1.0.
 */
export const teams: RecordMap = {
  framing: 'document',
  page: 'value',
  each: [['sessions', 'session']],
  known: [{ field: 'type', is: ['groupCall', 'peerToPeer'] }],
  opening: [{ when: [byPhone], fields: call, direction: 'incoming' }],
  legs: [
    {
      when: [connected, { field: 'session.callee.identity.user.id', isNot: [''] }],
      fields: { ...part, official: ['session.callee.identity.user.id'] },
      isPart: true,
    },
    {
      when: [
        connected,
        { field: 'session.caller.identity.user.id', isNot: [''] },
        { field: 'session.callee.identity.user.id', is: [''] },
        { field: 'session.callee.identity.phone.id', is: [''] },
      ],
      fields: { ...part, official: ['session.caller.identity.user.id'] },
      isPart: true,
    },
  ],
}
