import { expect, test } from 'vitest'
import { mergeMetadata } from './merge-metadata.ts'
import { parseMetadata } from './parse-metadata.ts'

function read(inner: string) {
  const { metadata } = parseMetadata(`<recording>${inner}</recording>`, { zone: 'Europe/Helsinki' })
  return metadata!
}

const before =
  read(`<datamode>complete</datamode><session id="s"><start-time>2027-03-03T08:00:00Z</start-time></session>
  <participant id="a"><nameID aor="sip:a@x"/><send>1</send></participant><participant id="b"><nameID aor="sip:b@x"/><send>2</send></participant>
  <stream id="1"><label>1</label></stream><stream id="2"><label>2</label></stream>`)

test('a partial update changes what it names and leaves the rest', () => {
  const after = mergeMetadata(
    before,
    read(`<datamode>partial</datamode><participant id="b"><name>B</name></participant><participant id="c"><aor>sip:c@x</aor></participant>
      <participantsessionassoc participant_id="b" session_id="s"><disassociate-time>2027-03-03T08:03:00Z</disassociate-time></participantsessionassoc>
      <session id="s"><stop-time>2027-03-03T08:05:00Z</stop-time></session>`),
  )
  expect(after.dataMode).toBe('complete')
  expect(after.participants).toMatchObject([
    { id: 'a', aors: ['sip:a@x'] },
    { id: 'b', aors: ['sip:b@x'], name: 'B' },
    { id: 'c', aors: ['sip:c@x'] },
  ])
  expect(after.sessions).toMatchObject([
    { startTimeMs: Date.parse('2027-03-03T08:00:00Z'), endTimeMs: Date.parse('2027-03-03T08:05:00Z') },
  ])
  expect(after.sessionLinks).toMatchObject([{ participantId: 'b', untilMs: Date.parse('2027-03-03T08:03:00Z') }])
  expect(after.streamLinks).toHaveLength(2)
})

test('a complete snapshot replaces the participants', () => {
  const after = mergeMetadata(
    before,
    read('<participant id="a"><aor>sip:a@x</aor><send>1</send></participant><stream id="1"/>'),
  )
  expect(after.participants.map(({ id }) => id)).toEqual(['a'])
  expect(after.streams.map(({ id }) => id)).toEqual(['1'])
  expect(after.streamLinks).toEqual([{ participantId: 'a', streamId: '1', direction: 'send' }])
})

test('links missing in a snapshot on hold are kept as former ones', () => {
  const after = mergeMetadata(
    before,
    read('<participant id="a"><aor>sip:a@x</aor></participant><participant id="b"><aor>sip:b@x</aor></participant>'),
  )
  expect(after.streamLinks).toMatchObject([
    { participantId: 'a', streamId: '1', former: true },
    { participantId: 'b', streamId: '2', former: true },
  ])
  const resumed = mergeMetadata(
    after,
    read(
      '<participant id="a"><aor>sip:a@x</aor><send>1</send></participant><participant id="b"><send>2</send></participant>',
    ),
  )
  expect(resumed.streamLinks.map(({ former }) => former)).toEqual([undefined, undefined])
})

test('metadata without participants never empties a session', () => {
  const after = mergeMetadata(before, read('<datamode>complete</datamode><session id="s"/>'))
  expect(after.participants).toEqual(before.participants)
})

test('metadata with more participants in force than allowed keep the newest, and are reported as cut', () => {
  const joins = (n: number) =>
    read(`<datamode>partial</datamode><participant id="p${n}"><nameID aor="sip:p${n}@x"/></participant>`)
  let after = before
  for (let n = 0; n < 70; n++) {
    expect(after.isCut).toBe(n > 62 ? true : undefined)
    after = mergeMetadata(after, joins(n))
  }
  expect(after.participants).toHaveLength(64)
  expect(after.participants.at(-1)?.id).toBe('p69')
  expect(mergeMetadata(after, read('<participant id="a"/>')).isCut).toBe(true)
})
