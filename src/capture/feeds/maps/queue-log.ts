import type { Condition, RecordMap } from '../record-map.ts'

const event = (...names: string[]): readonly Condition[] => [{ field: 'event', is: names }]
const wait = { callId: ['callid'], legId: ['wait {queuename}'] }
const talk = { callId: ['callid'], legId: ['talk {queuename} {agent}'] }
const direction = 'incoming'

/**
 * A line of Asterisk's queue_log: a call enters a queue, an official is connected, and the talk ends or is transferred; or the
 * caller leaves the queue. It has the time at which an official answered, which a detail record lacks. The queue's name stands
 * for the number called. Other events are skipped. Source: doc/queuelog of Asterisk.
 */
export const queueLog: RecordMap = {
  framing: 'lines',
  cells: {
    separator: '|',
    names: ['time', 'callid', 'queuename', 'agent', 'event', 'data1', 'data2', 'data3', 'data4', 'data5', 'data6'],
  },
  known: [{ field: 'event', matches: /^[A-Z_]+$/ }],
  rewrite: [{ from: /^(?:PJSIP|SIP|IAX2|Local|Agent)\/([^@/;-]+).*$/, to: '$1' }],
  legs: [
    {
      when: event('ENTERQUEUE'),
      fields: { ...wait, startedAt: ['time'], caller: ['data2'], called: ['queuename'] },
      sharedIds: ['asteriskCaller:{callid} {data2}'],
      isPart: true,
      direction,
    },
    {
      when: event('CONNECT', 'ABANDON', 'EXITEMPTY', 'EXITWITHKEY', 'EXITWITHTIMEOUT'),
      fields: { ...wait, endedAt: ['time'] },
      isPart: true,
      direction,
    },
    {
      when: event('CONNECT'),
      fields: { ...talk, startedAt: ['time'], answeredAt: ['time'], called: ['queuename'], official: ['agent'] },
      isPart: true,
      repeats: true,
      direction,
    },
    {
      when: event('COMPLETEAGENT', 'COMPLETECALLER', 'TRANSFER', 'BLINDTRANSFER', 'ATTENDEDTRANSFER', 'AGENTDUMP'),
      fields: { ...talk, endedAt: ['time'] },
      isPart: true,
      repeats: true,
      direction,
    },
  ],
}
