import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readEntry } from './describe-entry.ts'
import { isoTime, readImportMap, secondsText } from './import-map.ts'
import { readEntries } from './read-metadata.ts'

const folder = new URL('./maps/', import.meta.url)
const mapOf = (name: string) => readImportMap(readFileSync(new URL(`${name}.yaml`, folder), 'utf8'), name)

/** Metadata of one call in the format that each map expects. */
const samples: Record<string, string> = {
  miarec: JSON.stringify([
    {
      ...{
        call_id: 'a',
        protocol_call_id: 'abcdefgh@pbx',
        setup_time: '2026-09-01 10:00:00',
        connect_time: '2026-09-01 10:00:05',
      },
      ...{
        disconnect_time: '2026-09-01 10:01:00',
        caller_number: '0401234567',
        callee_number: '029497000',
        user_number: '0295121001',
      },
      ...{ filename: '20260901/a.mp3', is_conference: false },
    },
  ]),
  verint: `<?xml version="1.0"?><recording><id>a</id><modality_id>voice</modality_id><start_time>2026-09-01 10:00:00</start_time>
    <answer_time>2026-09-01 10:00:05</answer_time><end_time>2026-09-01 10:01:00</end_time><source_caller_id>0401234567</source_caller_id>
    <destination_caller_id>029497000</destination_caller_id><agent_id>0295121001</agent_id><direction>incoming</direction></recording>`,
  nice: `<Interactions><Interaction><InteractionID>a</InteractionID><StartTime>2026-09-01T10:00:00+03:00</StartTime>
    <StopTime>2026-09-01T10:01:00+03:00</StopTime><ANI>0401234567</ANI><DNIS>029497000</DNIS><Extension>0295121001</Extension>
    <Direction>Incoming</Direction><FileName>a.wav</FileName></Interaction></Interactions>`,
  asc: `<x:Call xmlns:x="urn:x" id="a"><x:StartTime>2026-09-01T07:00:00Z</x:StartTime><x:Duration>60</x:Duration>
    <x:CallingNumber>0401234567</x:CallingNumber><x:CalledNumber>029497000</x:CalledNumber><x:AgentNumber>0295121001</x:AgentNumber></x:Call>`,
  'cisco-mediasense': JSON.stringify({
    responseCode: 2000,
    responseBody: {
      sessions: [
        {
          ...{
            sessionId: 'a',
            ccid: '12345678',
            sessionStartDate: 1_788_246_000_000,
            sessionDuration: 60_000,
            calledNumber: '029497000',
          },
          tracks: [{ participants: [{ deviceRef: '0401234567' }] }, { participants: [{ deviceRef: '0295121001' }] }],
        },
      ],
    },
  }),
  'asterisk-mixmonitor': [
    `"","0401234567","029497000","in","""A"" <0401234567>","PJSIP/trunk-00000001","PJSIP/0295121001-00000002","Queue","x","2026-09-01 07:00:00","2026-09-01 07:00:05","2026-09-01 07:01:00",60,55,"ANSWERED","DOCUMENTATION","1788246000.1","a.wav"`,
    `"","0401234567","029497000","in","","PJSIP/trunk-00000003","","Queue","x","2026-09-01 08:00:00","","2026-09-01 08:00:20",20,0,"NO ANSWER","DOCUMENTATION","1788249600.1",""`,
  ].join('\n'),
}

test('every map that comes with the program has a sample', () => {
  expect(readdirSync(folder).sort()).toEqual(
    Object.keys(samples)
      .map((name) => `${name}.yaml`)
      .sort(),
  )
})

test.each(Object.keys(samples))('%s: the sample is read as the call that it describes', (name) => {
  const map = mapOf(name)
  const read = readEntries(map, 'x', Buffer.from(samples[name]!))
  if ('problem' in read) throw new Error(read.problem)
  const calls = read.entries.map((fields) => readEntry(fields, map, 'a.wav'))
  const [call] = calls
  expect(call).toMatchObject({
    record: { caller: '0401234567', called: '029497000', official: '0295121001' },
    startedAt: Temporal.Instant.from('2026-09-01T07:00:00Z'),
    endedAt: Temporal.Instant.from('2026-09-01T07:01:00Z'),
  })
  expect(calls.slice(1)).toEqual(
    name === 'asterisk-mixmonitor' ? [{ problem: 'left-out-by-map', detail: 'disposition' }] : [],
  )
})

describe('a map', () => {
  const minimal = 'source: X\nmetadata: { format: name, pattern: "^(?<at>\\\\d+)-(?<to>\\\\d+)" }\n'

  test('may read the name of the file alone', () => {
    const map = readImportMap(`${minimal}fields: { startedAt: [name.at], called: [name.to], endedAt: [name.at] }`, 'x')
    const read = readEntries(map, '1788246000-029497000.wav', Buffer.alloc(0))
    expect(read).toEqual({ entries: [{ 'name.at': '1788246000', 'name.to': '029497000' }] })
    expect(readEntries(map, 'other.wav', Buffer.alloc(0))).toEqual({ problem: 'name-does-not-match' })
  })

  test('is refused with the name of the wrong member', () => {
    const wrong = (text: string) => () => readImportMap(text, 'map.yaml')
    expect(wrong('- a')).toThrow('a map has members')
    expect(wrong(`${minimal}surprise: 1`)).toThrow('"surprise" is unknown')
    expect(wrong('source: "<b>"\nmetadata: { format: csv }')).toThrow("source is the recorder's name")
    expect(wrong('source: X\nmetadata: { format: doc }')).toThrow(
      'format is "doc"; allowed are csv, json, xml, vcon, name',
    )
    expect(wrong('source: X\nmetadata: { format: name }')).toThrow('metadata.pattern')
    expect(wrong(`${minimal}audio: { lanes: [caller, caller] }`)).toThrow('audio.lanes')
    expect(wrong(`${minimal}fields: { colour: [x] }`)).toThrow('fields has "colour"')
    expect(wrong(`${minimal}times: soon`)).toThrow('times needs')
  })

  test.each([
    ['1.9.2026 07:05:09', 'DD.MM.YYYY HH:mm:ss', '2026-09-01T07:05:09'],
    ['9/1/26 7:05:09 PM', 'MM/DD/YY hh:mm:ss A', '2026-09-01T19:05:09'],
    ['12:30 am, 01/09/2026', 'hh:mm A, DD/MM/YYYY', '2026-09-01T00:30:00'],
    ['2026-09-01 07:05:09.250', 'YYYY-MM-DD HH:mm:ss', '2026-09-01T07:05:09.250'],
    ['not a time', 'YYYY-MM-DD HH:mm:ss', 'not a time'],
  ])('reads the time %s by %s', (written, form, iso) => {
    expect(isoTime(written, form)).toBe(iso)
  })

  test('reads durations in its unit', () => {
    expect(secondsText('1500', 'milliseconds')).toBe('1.5')
    expect(secondsText('1:02:03', 'clock')).toBe('3723')
    expect(secondsText('02:03', 'clock')).toBe('123')
    expect(secondsText('60', 'seconds')).toBe('60')
  })
})

test('a list in CSV may have names like those of an object’s prototype', () => {
  const map = readImportMap('source: X\nmetadata: { format: csv }', 'x')
  const read = readEntries(map, 'x.csv', Buffer.from('__proto__,constructor\n1,2\n'))
  expect(read).toMatchObject({ entries: [{ constructor: '2' }] })
  expect(({} as Record<string, unknown>)['1']).toBeUndefined()
})
