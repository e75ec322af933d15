/** Channel events (CEL) of Asterisk: who spoke with the caller, and when. */
import { describe, expect, test } from 'vitest'
import { createCallAssembler } from './assemble-calls.ts'
import type { DetailRecord } from './detail-record.ts'
import { storedFields } from './read-cel.ts'
import { readerOf } from './sources.ts'

const options = { source: 'asterisk-cel', fields: {}, zone: 'Europe/Helsinki' } as const
const reader = readerOf(options)
const caller = '1763622842.47'
const begun = 1763622842

/** A line in the format of cel_custom's example. */
function line(
  type: string,
  seconds: number,
  channelId: string,
  channel: string,
  bridge = '',
  exten = '029497000',
  technology = 'simple_bridge',
): string {
  const extra = bridge && JSON.stringify({ bridge_id: bridge, bridge_technology: technology })
  const cells = [
    type,
    `${begun + seconds}.500000`,
    '',
    '+358401234567',
    '',
    '',
    '',
    exten,
    'from-trunk',
    channel,
    'Queue',
    '',
  ]
  const rest = ['3', '', channelId, caller, '', '', '', extra]
  return [...cells, ...rest].map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')
}

function records(lines: readonly string[]): DetailRecord[] {
  return lines.flatMap((text) =>
    reader.read(text, undefined).flatMap((read) => (read.is === 'record' ? [read.record] : [])),
  )
}

function legs(lines: readonly string[]) {
  const assembler = createCallAssembler({ settleMs: 0 })
  for (const record of records(lines)) assembler.add(record, begun * 1000 + 1_000_000, () => undefined)
  return (assembler.settled(begun * 1000 + 1_000_001)[0]?.legs ?? []).map(
    ({ startedAt, answeredAt, endedAt, ...leg }) => ({
      ...leg,
      startedAt: startedAt?.toString(),
      ...(answeredAt && { answeredAt: answeredAt.toString() }),
      endedAt: endedAt?.toString(),
    }),
  )
}

/** Times as texts, because vitest compares instants by their fields. */
const at = (seconds: number) => Temporal.Instant.fromEpochMilliseconds((begun + seconds) * 1000 + 500).toString()
const trunk = 'PJSIP/trunk-0000002f'
const [aino, bertil] = ['PJSIP/1042-00000030', 'PJSIP/1043-00000031']
const ended = (seconds: number) => [
  line('HANGUP', seconds, caller, trunk),
  line('LINKEDID_END', seconds, caller, trunk),
]

describe('channel events', () => {
  test('report each official who spoke with the caller, from the bridge on and not from the queue’s answer, and nobody whose phone only rang', () => {
    const found = legs([
      line('CHAN_START', 0, caller, trunk),
      line('ANSWER', 1, caller, trunk, '', 's'),
      line('CHAN_START', 5, '1763622847.48', aino, '', '1042'),
      line('CHAN_START', 5, '1763622847.49', bertil, '', '1043'),
      line('ANSWER', 20, '1763622847.48', aino),
      line('BRIDGE_ENTER', 20, '1763622847.48', aino, 'b1'),
      line('HANGUP', 21, '1763622847.49', bertil),
      line('BRIDGE_ENTER', 21, caller, trunk, 'b1'),
      line('BRIDGE_EXIT', 60, '1763622847.48', aino, 'b1'),
      line('BRIDGE_ENTER', 80, '1763622847.48', aino, 'b1'),
      line('HANGUP', 100, '1763622847.48', aino),
      ...ended(101),
    ])
    expect(found).toEqual([
      {
        callId: caller,
        legId: 'spoke 1763622847.48',
        sharedIds: [`asteriskRecord:${caller} +358401234567 029497000`, `asteriskCaller:${caller} +358401234567`],
        startedAt: at(0),
        answeredAt: at(21),
        endedAt: at(100),
        caller: '+358401234567',
        called: '029497000',
        official: '1042',
      },
    ])
  })

  test('of a transferred call give a leg for each official, without the consultation', () => {
    const found = legs([
      line('CHAN_START', 0, caller, trunk),
      line('BRIDGE_ENTER', 10, caller, trunk, 'b1'),
      line('BRIDGE_ENTER', 10, '1763622847.48', aino, 'b1'),
      // Aino puts the caller on hold, asks Bertil, and transfers the call.
      line('BRIDGE_EXIT', 40, '1763622847.48', aino, 'b1'),
      line('BRIDGE_ENTER', 41, '1763622880.50', bertil, 'b2', '1043'),
      line('BRIDGE_ENTER', 41, '1763622880.51', aino, 'b2', '1043'),
      line('BRIDGE_ENTER', 60, caller, trunk, 'b2'),
      line('BRIDGE_EXIT', 60, '1763622880.51', aino, 'b2'),
      line('BRIDGE_EXIT', 60, caller, trunk, 'b1'),
      ...ended(90),
    ])
    expect(found.filter(({ answeredAt, endedAt }) => answeredAt !== endedAt)).toMatchObject([
      { official: '1042', answeredAt: at(10), endedAt: at(40) },
      { official: '1043', answeredAt: at(60), endedAt: at(90) },
    ])
  })

  test('report an official who was reached through a Local channel', () => {
    const found = legs([
      line('CHAN_START', 0, caller, trunk),
      line('BRIDGE_ENTER', 9, 'l1', 'Local/1042@agents-0003;1', 'b1'),
      line('BRIDGE_ENTER', 9, caller, trunk, 'b1'),
      line('BRIDGE_ENTER', 10, 'l2', 'Local/1042@agents-0003;2', 'b2'),
      line('BRIDGE_ENTER', 12, '1763622847.48', aino, 'b2'),
      ...ended(50),
    ])
    expect(found).toMatchObject([{ official: '1042', answeredAt: at(12), endedAt: at(50) }])
  })

  test('of an unanswered call give one leg without an answer, and a call whose first events are missing is doubtful', () => {
    expect(legs([line('CHAN_START', 0, caller, trunk), ...ended(30)])).toMatchObject([
      { legId: 'unanswered', startedAt: at(0), endedAt: at(30), called: '029497000' },
    ])
    expect(legs([line('BRIDGE_ENTER', 10, caller, trunk, 'b1'), ...ended(30)])).toMatchObject([
      { isDoubtful: true, startedAt: at(10), endedAt: at(30) },
    ])
  })

  test('of a call that was in a conference of several days are reported after a day, without the conference’s end', () => {
    const room = '1763622700.1'
    const assembler = createCallAssembler({ settleMs: 0 })
    const inRoom = records([
      line('CHAN_START', -100, room, bertil),
      line('BRIDGE_ENTER', -99, room, bertil, 'room'),
      line('CHAN_START', 0, caller, trunk),
      line('BRIDGE_ENTER', 5, caller, trunk, 'room'),
      line('BRIDGE_EXIT', 60, caller, trunk, 'room'),
      ...ended(60),
    ])
    for (const record of inRoom) {
      const isOwn = record.event!.channelId === room
      assembler.add(isOwn ? { ...record, callId: room } : record, 1000, () => undefined)
    }
    const reported = assembler
      .settled(86_401_000)
      .map(({ callId, isUnfinished, legs }) => [callId, isUnfinished, legs.length])
    // Two legs each: the wait, and the other person in the conference.
    expect(new Set(reported)).toEqual(
      new Set([
        [room, true, 2],
        [caller, false, 2],
      ]),
    )
  })

  test('of callers parked together are not a conversation', () => {
    const parked = (channelId: string, channel: string) =>
      line('BRIDGE_ENTER', 10, channelId, channel, 'lot', undefined, 'holding_bridge')
    expect(
      legs([line('CHAN_START', 0, caller, trunk), parked(caller, trunk), parked('x', aino), ...ended(30)]),
    ).toMatchObject([{ legId: 'unanswered' }])
  })

  test('wait for the end of their call, however long nothing arrives', () => {
    const assembler = createCallAssembler({ settleMs: 0 })
    for (const record of records([line('CHAN_START', 0, caller, trunk)])) assembler.add(record, 1000, () => undefined)
    expect(assembler.settled(3_600_000)).toEqual([])
    for (const record of records(ended(9))) assembler.add(record, 3_600_000, () => undefined)
    expect(assembler.settled(3_600_001)).toHaveLength(1)
  })

  test('of other kinds are ignored, and pressed keys are not stored', () => {
    expect(reader.read(line('DTMF', 3, caller, trunk), undefined)).toEqual([{ is: 'nothing' }])
    const event = {
      Event: 'CEL',
      EventTime: '2025-11-20 09:14:05',
      UniqueID: caller,
      LinkedID: caller,
      Exten: '029497000',
    }
    expect(storedFields({ ...event, EventName: 'DTMF', Extra: '{"digit":"1"}' })).toBeUndefined()
    const stored = storedFields({
      ...event,
      EventName: 'CHAN_START',
      CallerIDname: 'Matti Meikäläinen',
      Channel: trunk,
    })
    expect(JSON.stringify(stored)).not.toContain('Matti')
    expect(reader.read(JSON.stringify(stored), undefined)).toMatchObject([
      { is: 'record', record: { callId: caller, event: { type: 'CHAN_START', channel: trunk, called: '029497000' } } },
    ])
    expect(reader.read('{"EventName":"HANGUP"}', undefined)).toEqual([{ is: 'problem', reason: 'id-missing' }])
  })

  test('in the hour that is repeated at the end of DST are not dated before their channel', () => {
    const channelStart = Temporal.Instant.from('2026-10-25T00:50:00Z').epochMilliseconds / 1000
    const event = {
      EventName: 'HANGUP',
      EventTime: '2026-10-25 03:05:00',
      UniqueID: `${channelStart}.1`,
      LinkedID: `${channelStart}.1`,
    }
    expect(records([JSON.stringify(event)])[0]?.event?.at.toString()).toBe('2026-10-25T01:05:00Z')
  })
})
