/**
 * Promise: a recording holds the caller and one official, nobody else (R8, R17; requirements, question 7; L18). The attack: a
 * participant who waits (is in the session and linked to no stream), or who joins again after leaving.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SegmentFacts } from '#register/admit.ts'
import { findHolds } from '#register/recordings/find-holds.ts'
import { walkChunk } from '#register/recordings/recording-log.ts'
import { metadataOf, openBench, people, type FlowBench } from '../conformance/flows/recording-client.ts'

let bench: FlowBench
beforeEach(async () => {
  bench = await openBench(14_800)
})
afterEach(() => bench.stop())

const diversion = { Diversion: `<${people.number}>;reason=unconditional` }
const callerParty = { id: 'c', aor: people.caller, label: '1' }
const officialParty = { id: 'a', aor: people.official, label: '2' }
const colleagueParty = { id: 'b', aor: people.colleague, label: '2' }
const hidden = 'sip:anonymous@anonymous.invalid'
const outsider = (aor: string) => ({ id: 'x', aor, label: '1' })
const outsiders: [string, string][] = [
  ['an outsider who withholds the number', hidden],
  ['an outsider with a number', 'sip:+358509998877@x'],
  ['a colleague missing from the directory', 'sip:+358295129999@x'],
  ['an outsider with a SIP address', 'sip:somebody@elsewhere.example'],
]
const onHold = <P extends { label: string }>(participant: P): P => ({ ...participant, label: '' })
const metadata = (...participants: Parameters<typeof metadataOf>[0]['participants']) => metadataOf({ participants })
const leaving = (id: string) =>
  `<participantsessionassoc participant_id="${id}" session_id="c2Vzc2lvbg=="><disassociate-time>2027-03-03T08:01:00Z</disassociate-time></participantsessionassoc>`
const partial = (left: string, ...participants: Parameters<typeof metadataOf>[0]['participants']) =>
  metadataOf({ mode: 'partial', participants, more: left })

/** Sends a call in which 10 packets on each stream follow each of these metadata; the first are those of the INVITE. */
async function call(...phases: string[]) {
  const client = await bench.call({})
  const [first, ...later] = phases
  const { ports } = await client.invite({ sdp: true, metadata: first!, headers: diversion })
  await client.speak(ports, 10)
  for (const each of later) {
    await wait(50)
    expect(await client.update({ metadata: each })).toMatchObject({ status: 200 })
    await client.speak(ports, 10)
  }
  await client.bye()
  await bench.until(() => expect(bench.segments().every(({ endedAt }) => endedAt)).toBe(true))
  const recorded = () => bench.segments().filter(({ recording }) => recording)
  await bench.until(() => expect(recorded().every(({ recording }) => recording?.stored)).toBe(true))
  return bench.segments()
}

/** Returns the official of each segment and the number of packets in its recording; undefined without a recording. */
async function packets(segments: SegmentFacts[]) {
  const found: (readonly [string | undefined, number | undefined])[] = []
  for (const segment of segments) {
    const { index, openChunk } = segment.recording ? await bench.opened(segment) : {}
    let count = index && 0
    for (const n of index?.chunks.keys() ?? []) walkChunk(await openChunk!(n), { packet: () => void count!++ })
    found.push([segment.official?.phone.slice(-4), count])
  }
  return found
}

describe('while the caller is on hold', () => {
  test.each(outsiders)(
    'the official’s conversation with %s is not recorded, and the call is marked for review',
    async (_, aor) => {
      const segments = await call(
        metadata(callerParty, officialParty),
        metadata(onHold(callerParty), officialParty, outsider(aor)),
        metadata(callerParty, officialParty),
      )
      expect(await packets(segments)).toEqual([['1001', 40]])
      expect(segments[0]?.marks).toEqual(['needs-review'])
    },
  )

  test.each(outsiders)(
    'the official’s conversation with %s is not recorded if all voices share a stream',
    async (_, aor) => {
      const one = { labels: ['1'] }
      const mixed = (...participants: { id: string; aor: string; label: string }[]) =>
        metadataOf({ ...one, participants: participants.map((each) => ({ ...each, label: each.label && '1' })) })
      const segments = await call(
        mixed(callerParty, officialParty),
        mixed(onHold(callerParty), officialParty, outsider(aor)),
        mixed(callerParty, officialParty),
      )
      expect(await packets(segments)).toEqual([['1001', 40]])
    },
  )

  test.each(outsiders)(
    'the official’s conversation with %s is not recorded if it has a communication session of its own',
    async (_, aor) => {
      const other = metadataOf({ id: 'b3RoZXI=', participants: [officialParty, outsider(aor)] })
      const both = metadata(onHold(callerParty), officialParty).replace(
        '</recording>',
        other.replace(/^[^]*?<session/, '<session'),
      )
      const segments = await call(metadata(callerParty, officialParty), both, metadata(callerParty, officialParty))
      expect(await packets(segments)).toEqual([['1001', 40]])
    },
  )

  test.each(outsiders)(
    'the official’s conversation with %s is not recorded if the caller withholds the number',
    async (_, aor) => {
      const caller = { ...callerParty, aor: hidden }
      const segments = await call(
        metadata(caller, officialParty),
        metadata(outsider(aor), onHold(caller), officialParty),
        metadata(caller, officialParty),
      )
      expect(await packets(segments)).toEqual([['1001', 40]])
    },
  )

  test('recording continues if nobody else joins, and if the caller returns under another participant id', async () => {
    const segments = await call(
      metadata(callerParty, officialParty),
      metadata(onHold(callerParty), officialParty),
      metadata(onHold(callerParty), { ...callerParty, id: 'again' }, officialParty),
    )
    expect(await packets(segments)).toEqual([['1001', 60]])
  })

  test('recording continues for the caller while a third party waits', async () => {
    const x = outsider('sip:+358509998877@x')
    const segments = await call(
      metadata(callerParty, officialParty),
      metadata(x, callerParty, officialParty),
      metadata(onHold(x), callerParty, officialParty),
    )
    expect(await packets(segments)).toEqual([['1001', 40]])
  })
})

describe('while the answering official is on hold', () => {
  test.each([
    ['is on hold', onHold(officialParty), ''],
    [
      'only receives',
      onHold(officialParty),
      '<participantstreamassoc participant_id="a"><recv>s1</recv></participantstreamassoc>',
    ],
  ])(
    'and %s, a second official’s conversation with the caller is not recorded, and is in the history',
    async (_, first, more) => {
      const segments = await call(
        metadata(callerParty, officialParty),
        metadataOf({ participants: [callerParty, first, colleagueParty], more }),
        metadata(callerParty, officialParty),
      )
      expect(await packets(segments)).toEqual([
        ['1001', 40],
        ['1002', undefined],
      ])
      expect(segments[1]).toMatchObject({ contactId: segments[0]!.contactId, decision: { reason: 'conference' } })
    },
  )

  test.each(outsiders)('the caller’s conversation with %s is not recorded', async (_, aor) => {
    const segments = await call(
      metadata(callerParty, officialParty),
      metadata(callerParty, onHold(officialParty), { ...outsider(aor), label: '2' }),
      metadata(callerParty, officialParty),
    )
    expect(await packets(segments)).toEqual([['1001', 40]])
  })

  test('the recording continues if nobody else speaks', async () => {
    expect(
      await packets(
        await call(
          metadata(callerParty, officialParty),
          metadata(callerParty, onHold(officialParty)),
          metadata(callerParty, officialParty),
        ),
      ),
    ).toEqual([['1001', 60]])
  })
})

/** Returns the holds and their reasons in the recordings of segments, as the player shows them. */
async function holds(segments: SegmentFacts[]) {
  const recorded = segments.filter(({ recording }) => recording)
  const indexes = await Promise.all(recorded.map(async (segment) => (await bench.opened(segment)).index))
  return indexes.map((index) => findHolds(index).map(({ why = 'hold' }) => why))
}

describe('a hold that only the metadata report', () => {
  const ended = (...ids: string[]) =>
    ids
      .map(
        (id) =>
          `<participantstreamassoc participant_id="${id}"><send>s${id === 'c' ? 1 : 2}</send><disassociate-time>2027-03-03T08:01:00Z</disassociate-time></participantstreamassoc>`,
      )
      .join('')
  test.each<[string, string]>([
    ['nobody’s voice is linked', metadata(onHold(callerParty), onHold(officialParty))],
    ['the caller’s is not', metadata(onHold(callerParty), officialParty)],
    ['the official’s is not', metadata(callerParty, onHold(officialParty))],
    ['the associations with the streams have ended', partial(ended('c', 'a'))],
    ['the caller’s association has ended', partial(ended('c'))],
  ])('is shown in the recording until it ends, and what is sent meanwhile is recorded: %s', async (_, held) => {
    const segments = await call(metadata(callerParty, officialParty), held, held, metadata(callerParty, officialParty))
    expect(await holds(segments)).toEqual([['hold']])
    expect(await packets(segments)).toEqual([['1001', 80]])
    expect(segments.map(({ marks }) => marks)).toEqual([[]])
  })

  test('is shown again each time, and lasts until the end of the call', async () => {
    const held = metadata(onHold(callerParty), onHold(officialParty))
    const segments = await call(metadata(callerParty, officialParty), held, metadata(callerParty, officialParty), held)
    expect(await holds(segments)).toEqual([['hold', 'hold']])
  })

  test('becomes a consultation if the official speaks with somebody else', async () => {
    const held = metadata(onHold(callerParty), officialParty)
    const segments = await call(
      metadata(callerParty, officialParty),
      held,
      metadata(onHold(callerParty), officialParty, colleagueParty),
      held,
      metadata(callerParty, officialParty),
    )
    expect(await holds(segments)).toEqual([['hold', 'consultation', 'hold']])
  })

  test('is none while one of a conference waits, or if the metadata never link voices', async () => {
    const x = outsider('sip:+358509998877@x')
    const [first] = await holds(
      await call(
        metadata(callerParty, officialParty),
        metadata(x, callerParty, officialParty),
        metadata(onHold(x), callerParty, officialParty),
      ),
    )
    expect(first).toEqual(['conference'])
    const unlinked = await call(
      metadata(onHold(callerParty), onHold(officialParty)),
      metadata(onHold(callerParty), onHold(officialParty)),
    )
    expect((await holds(unlinked)).at(-1)).toEqual([])
  })
})

describe('somebody who left and joins again by a partial update', () => {
  test.each(outsiders)('is not recorded: %s', async (_, aor) => {
    const x = outsider(aor)
    const segments = await call(
      metadata(callerParty, officialParty),
      partial('', x),
      partial(leaving('x')),
      partial('', x),
    )
    expect(await packets(segments)).toEqual([['1001', 40]])
  })

  test('counts as a second official again', async () => {
    const segments = await call(
      metadata(callerParty, officialParty),
      partial('', colleagueParty),
      partial(leaving('b')),
      partial('', colleagueParty),
    )
    expect(await packets(segments)).toEqual([
      ['1001', 40],
      ['1002', undefined],
      ['1002', undefined],
    ])
  })

  test('is not recorded if the update repeats only the association with the stream', async () => {
    const x = outsider('sip:+358509998877@x')
    const speaks = '<participantstreamassoc participant_id="x"><send>s1</send></participantstreamassoc>'
    const segments = await call(
      metadata(callerParty, officialParty),
      partial('', x),
      partial(leaving('x')),
      partial(speaks),
    )
    expect(await packets(segments)).toEqual([['1001', 40]])
  })

  test('has a recording of their own each time the call is passed to them', async () => {
    const segments = await call(
      metadata(callerParty, officialParty),
      partial(leaving('a'), colleagueParty),
      partial(leaving('b'), officialParty),
    )
    expect(await packets(segments)).toEqual([
      ['1001', 20],
      ['1002', 20],
      ['1001', 20],
    ])
  })
})

describe('after the caller and the official have left', () => {
  const next = { id: 'n', aor: 'sip:+358509998877@x', label: '1' }
  test.each<[string, { id: string; aor: string; label: string }[]]>([
    ['alone', [next]],
    ['with somebody missing from the directory', [next, { id: 'u', aor: 'sip:+358295129999@x', label: '2' }]],
  ])('the next caller is not in their recording, and that is marked for review: %s', async (_, participants) => {
    const segments = await call(metadata(callerParty, officialParty), metadata(...participants))
    expect(await packets(segments)).toEqual([['1001', 20]])
    expect(segments[0]?.marks).toEqual(['needs-review'])
  })

  test('the recording is marked for review if the next caller withholds the number', async () => {
    const segments = await call(metadata(callerParty, officialParty), metadata({ ...next, aor: hidden }))
    expect(segments[0]?.marks).toEqual(['needs-review'])
  })

  test('the recording is not marked for review if nobody else is heard', async () => {
    const segments = await call(
      metadata(callerParty, officialParty),
      metadata(callerParty),
      metadata(onHold(callerParty), onHold(officialParty)),
    )
    expect(await packets(segments)).toEqual([['1001', 60]])
    expect(segments[0]?.marks).toEqual([])
  })
})
