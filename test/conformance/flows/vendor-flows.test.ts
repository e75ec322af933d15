/**
 * Plays what recording clients of many vendors send during a call, request by request, written after the vendors'
 * documentation. Each call must become the right contact, recorded from the right moment (R8, R9, R10, R14, R16).
 * docs/operate/recording-clients.md has a row for each client.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  callerKey,
  expectRecorded,
  metadataOf,
  numberKey,
  officialKey,
  openBench,
  people,
  type FlowBench,
} from './recording-client.ts'

let bench: FlowBench
beforeEach(async () => {
  bench = await openBench(13_300)
})
afterEach(() => bench.stop())

const caller = { id: 'caller', aor: people.caller, label: '1' }
const official = { id: 'official', aor: people.official, label: '2' }
const colleague = { id: 'colleague', aor: people.colleague, label: '2' }
const diversion = { Diversion: `<${people.number}>;reason=unconditional` }
const contact = { caller: { key: callerKey }, official: { phone: officialKey } }
const whole = { ...contact, numberReached: { key: numberKey }, marks: [] }

/** Builds BroadWorks' and Webex' metadata by drafts of RFC 7865, with their extension. */
function broadWorks(given: {
  people: readonly (readonly [aor: string | readonly string[], label: string])[]
  extension: string
}): string {
  const participants = given.people.map(
    ([aor, label], at) =>
      `<participant id="urn:uuid:00000000-0000-4000-8000-00000000000${at}" session="urn:uuid:s">${[aor]
        .flat()
        .map((one) => `<aor>${one}</aor>`)
        .join('')}<send><id>stream-${label}</id></send></participant>`,
  )
  const streams = given.people.map(
    ([, label]) =>
      `<stream id="stream-${label}" session="urn:uuid:s"><label>${label}</label><mode>separate</mode></stream>`,
  )
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<recording_metadata xmlns="urn:ietf:params:xml:ns:siprec"><dataMode>complete</dataMode>',
    '<recording id="urn:uuid:r"><requestor>SRC</requestor><type>selective</type></recording>',
    '<group id="urn:uuid:g" recording="urn:uuid:r"></group><session id="urn:uuid:s" group="urn:uuid:g"></session>',
    ...participants,
    ...streams,
    '<extensiondata id="urn:uuid:e" parent="urn:uuid:s"><broadWorksRecordingMetadata',
    ` xmlns="http://schema.broadsoft.com/broadworksCallRecording" version="4.0">${given.extension}`,
    '</broadWorksRecordingMetadata></extensiondata></recording_metadata>',
  ].join('\n')
}

/** Builds Metaswitch's metadata: one mixed stream, plain numbers, the extension without a namespace. */
function metaswitch(given: { people: readonly string[]; extension: string }): string {
  const participants = given.people.map(
    (aor, at) =>
      `<participant participant_id="p${at}"><nameID aor="${aor}"></nameID></participant>` +
      `<participantstreamassoc participant_id="p${at}"><send>st</send><recv>st</recv></participantstreamassoc>`,
  )
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<recording id="r" xmlns="urn:ietf:params:xml:ns:recording"><datamode>complete</datamode>',
    '<session session_id="c2Vzcy0wMDAy"></session>',
    ...participants,
    '<stream stream_id="st" session_id="c2Vzcy0wMDAy"><label>1</label></stream>',
    `<extensiondata><metaswitchRecordingMetadata>${given.extension}</metaswitchRecordingMetadata></extensiondata>`,
    '</recording>',
  ].join('\n')
}

describe('Oracle (Acme Packet)', () => {
  const apkt = (isCalling: boolean, more = '') =>
    `<extensiondata xmlns:apkt="http://acmepacket.com/siprec/extensiondata"><apkt:callingParty>${isCalling}</apkt:callingParty>${more}</extensiondata>`
  const participant = (id: string, aor: string, stream: string, extension: string) =>
    `<participant id="${id}" session="s"><nameID aor="${aor}"><name>${aor}</name></nameID><send>${stream}</send>${extension}</participant>`
  const metadata = [
    "<?xml version='1.0' encoding='UTF-8'?>",
    "<recording xmlns='urn:ietf:params:xml:ns:recording'><dataMode>complete</dataMode><session id='s'></session>",
    participant('a', people.caller, 'st1', apkt(true)),
    participant('b', people.official, 'st2', apkt(false, `<apkt:request-uri>${people.number}</apkt:request-uri>`)),
    "<stream id='st1' session='s'><label>16777227</label><mode>separate</mode></stream>",
    "<stream id='st2' session='s'><label>16777228</label><mode>separate</mode></stream></recording>",
  ].join('\n')

  test('records a call with a hold, and its end', async () => {
    const call = await bench.call({ label: ['16777227', '16777228'] })
    const { ports } = await call.invite({ sdp: true, metadata })
    await call.speak(ports, 10)
    expect((await call.reinvite({ sdp: call.offer('inactive'), metadata })).sdp).toMatch(/a=inactive[^]*a=inactive/)
    expect((await call.reinvite({ sdp: true, metadata })).ports).toEqual(ports)
    await call.speak(ports, 10)
    await call.bye()
    await expectRecorded(bench, 40)
    expect(bench.segments()).toMatchObject([whole])
    expect(await bench.voices(bench.segments()[0])).toMatchObject({ caller: [100], official: [101] })
  })
})

test('a caller’s number whose verification failed in the network is kept and marked, also if a later request repeats it', async () => {
  const refuted = { ...caller, aor: people.caller.replace('@', ';verstat=TN-Validation-Failed@') }
  for (const [first, then] of [
    [refuted, undefined],
    [caller, refuted],
  ]) {
    const call = await bench.call({})
    await call.invite({ sdp: true, headers: diversion, metadata: metadataOf({ participants: [first!, official] }) })
    if (then) await call.reinvite({ sdp: true, metadata: metadataOf({ participants: [then, official] }) })
    await call.bye()
    await bench.until(() => expect(bench.segments().at(-1)?.endedAt).toBeDefined())
    expect(bench.segments().at(-1)).toMatchObject({ ...contact, marks: expect.arrayContaining(['caller-unverified']) })
  }
})

describe('Cisco CUBE', () => {
  test('takes the service number from the anchor leg, and the official from a re-INVITE', async () => {
    const number = { id: 'number', aor: people.number, label: '2' }
    const call = await bench.call({})
    const { ports } = await call.invite({ sdp: true, metadata: metadataOf({ participants: [caller, number] }) })
    await call.speak(ports, 5)
    const leaves =
      '<participantsessionassoc participant_id="number" session_id="c2Vzc2lvbg=="><disassociate-time>2027-03-03T08:00:10Z</disassociate-time></participantsessionassoc>'
    const transferred = metadataOf({ participants: [caller, official], more: leaves })
    expect((await call.reinvite({ sdp: true, metadata: transferred })).ports).toEqual(ports)
    await call.speak(ports, 20)
    await call.bye()
    await expectRecorded(bench, 50)
    expect(bench.segments()).toMatchObject([whole])
  })

  test('network-based recording: reads two participants from headers, with SDP only', async () => {
    const call = await bench.call({ label: [], lines: 2 })
    const participants = [`${people.caller};media-index="0"`, `${people.official};media-index="1"`]
    const { ports } = await call.invite({
      ...{ sdp: true },
      headers: { 'X-Cisco-Recording-Participant': participants.join(', '), ...diversion },
    })
    await call.speak(ports, 10)
    await call.bye()
    await expectRecorded(bench, 20)
    expect(bench.segments()).toMatchObject([contact])
  })
})

describe('AudioCodes', () => {
  test('reads addresses without a scheme, `send` inside the participant, and the called number from Diversion', async () => {
    const plain = (aor: string) => aor.replace('sip:', '')
    const metadata = [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<recording xmlns="urn:ietf:params:xml:ns:recording" xmlns:ac="http://AudioCodes"><datamode>complete</datamode>',
      '<group id="00000000-0000-0000-6fdb-000000000000"></group><session id="0000-0000-0000-0000-58b50ad5ae3d1b85" group-ref="00000000-0000-0000-6fdb-000000000000"></session>',
      `<participant id="+358401234567" session="0000-0000-0000-0000-58b50ad5ae3d1b85"><nameID aor="${plain(people.caller)}"></nameID><send>st1</send></participant>`,
      `<participant id="+358295121001" session="0000-0000-0000-0000-58b50ad5ae3d1b85"><nameID aor="${plain(people.official)}"></nameID><send>st2</send></participant>`,
      '<stream id="st1" session="0000-0000-0000-0000-58b50ad5ae3d1b85"><label>1</label></stream>',
      '<stream id="st2" session="0000-0000-0000-0000-58b50ad5ae3d1b85"><label>2</label></stream></recording>',
    ].join('\r\n')
    const call = await bench.call({})
    const { ports } = await call.invite({ sdp: true, metadata, headers: diversion })
    await call.speak(ports, 10)
    await call.bye()
    await expectRecorded(bench, 20)
    expect(bench.segments()).toMatchObject([whole])
  })
})

describe('Ribbon', () => {
  const metadata = [
    "<?xml version='1.0' encoding='UTF-8'?>",
    "<tns:recording xmlns:tns='urn:ietf:params:xml:ns:recording'><tns:datamode>complete</tns:datamode>",
    "<tns:group group_id='g'><tns:associate-time>1970-01-01T00:00:00Z</tns:associate-time>",
    `<callData xmlns='urn:ietf:params:xml:ns:callData'><fromhdr>&lt;${people.caller}&gt;;tag=1</fromhdr><tohdr>&lt;${people.number}&gt;</tohdr><callid>r-1</callid><gcid>77</gcid></callData></tns:group>`,
    "<tns:session session_id='s'><tns:group-ref>g</tns:group-ref></tns:session>",
    "<tns:participant participant_id='a'><tns:nameID aor='+358401234567@trunk'><tns:name> </tns:name></tns:nameID></tns:participant>",
    "<tns:participant participant_id='b'><tns:nameID aor='+358295121001@agency'><tns:name> </tns:name></tns:nameID></tns:participant>",
    "<tns:stream stream_id='st1' session_id='s'><tns:label>1</tns:label></tns:stream>",
    "<tns:stream stream_id='st2' session_id='s'><tns:label>2</tns:label></tns:stream>",
    "<tns:participantstreamassoc participant_id='a'><tns:send>st2</tns:send></tns:participantstreamassoc>",
    "<tns:participantstreamassoc participant_id='b'><tns:send>st1</tns:send></tns:participantstreamassoc></tns:recording>",
  ].join('\n')

  test('accepts crossed streams and a clock that was never set, and reads From and To of the call from callData', async () => {
    const call = await bench.call({})
    const { ports } = await call.invite({ sdp: true, metadata })
    await call.speak(ports, 10)
    await call.bye()
    await expectRecorded(bench, 20)
    expect(bench.segments()).toMatchObject([whole])
    expect(await bench.voices(bench.segments()[0])).toMatchObject({ caller: [101], official: [100] })
  })

  test('a caller without a number and an official missing from the directory are two people, not a conference', async () => {
    const named = metadata
      .replace("aor='+358401234567", "aor='matti")
      .replace("aor='+358295121001", "aor='+358295129999")
    const call = await bench.call({})
    const { ports } = await call.invite({ sdp: true, metadata: named })
    await call.speak(ports, 10)
    await call.bye()
    await expectRecorded(bench, 20)
    expect(bench.segments()).toMatchObject([{ caller: { key: callerKey }, marks: ['needs-review'] }])
    const { index } = await bench.opened(bench.segments()[0])
    expect(index.gaps.map(({ kind }) => kind)).not.toContain('conference')
    expect(index.tracks.reduce((sum, { packetsReceived }) => sum + packetsReceived, 0)).toBe(20)
  })
})

describe('Metaswitch', () => {
  const originating = (dialled: string, calling: string) =>
    `<callType>originating</callType><recordedParty>+358295121001</recordedParty><callingPartyNumber>${calling}</callingPartyNumber><dialedDigits>${dialled}</dialedDigits>`

  test('records a call to a hunt group', async () => {
    const extension =
      '<callType>terminating</callType><recordedParty>0295121001</recordedParty><callingPartyNumber>0401234567</callingPartyNumber><dialedDigits>029497000</dialedDigits>'
    const call = await bench.call({ label: ['1'] })
    const { ports } = await call.invite({
      sdp: true,
      metadata: metaswitch({ people: ['0401234567', '0295121001'], extension }),
    })
    await call.speak(ports, 10)
    await call.bye()
    await expectRecorded(bench, 10)
    expect(bench.segments()).toMatchObject([whole])
  })

  test.each([
    ['*302100', '0295121001'],
    ['2222', '0295121001'],
    ['*11', '0401234567'],
  ])(
    'a call fetched by dialling %s belongs to its caller, and the code is not taken for a number',
    async (dialled, calling) => {
      const call = await bench.call({ label: ['1'] })
      await call.invite({
        sdp: true,
        metadata: metaswitch({
          people: ['0295121001', '0401234567', dialled],
          extension: originating(dialled, calling),
        }),
      })
      await bench.until(() =>
        expect(bench.written()).toMatchObject([{ ...contact, numberReached: { key: 'unknown' } }]),
      )
      // The official who fetched the call has no service number; the client may report it.
      await call.update({
        metadata: metaswitch({
          people: ['0295121001', '0401234567', '029497000'],
          extension: originating(dialled, calling),
        }),
      })
      await bench.until(() =>
        expect(bench.segments()[0]).toMatchObject({ ...contact, numberReached: { key: numberKey } }),
      )
      await call.bye()
    },
  )

  test('a call waiting on a shared line is fetched by dialling the line’s own number', async () => {
    const metadata = metaswitch({
      people: ['0401234567', '0295121001'],
      extension: originating('0295121001', '0295121001'),
    })
    const call = await bench.call({ label: ['1'] })
    const { ports } = await call.invite({ sdp: true, metadata, headers: diversion })
    await call.speak(ports, 10)
    await call.bye()
    await expectRecorded(bench, 10)
    expect(bench.segments()).toMatchObject([whole])
  })

  test.each(['0401234567', '*11', '1234', '0295121001'])(
    'a call that an official dials (%s) is not part of the register',
    async (dialled) => {
      const call = await bench.call({ label: ['1'] })
      const called = dialled.length > 4 ? [dialled] : []
      await call.invite({
        sdp: true,
        metadata: metaswitch({ people: ['0295121001', ...called], extension: originating(dialled, '0295121001') }),
      })
      await call.bye()
      expect(bench.segments()).toEqual([])
    },
  )
})

describe('BroadWorks', () => {
  const queued = `<extTrackingID>90:1</extTrackingID><userID>+358295121001@agency</userID><callType><termCall><callingPartyNumber>tel:+358401234567</callingPartyNumber><calledPartyNumber>tel:+358295121001</calledPartyNumber></termCall></callType><acd><acdNumber countryCode="358">29497000</acdNumber></acd>`

  test('records a queue call that is paused by zeros in the SDP', async () => {
    const metadata = broadWorks({
      people: [
        [people.caller, '1'],
        [people.official, '2'],
      ],
      extension: queued,
    })
    const call = await bench.call({})
    const { ports } = await call.invite({ sdp: true, metadata })
    await call.speak(ports, 10)
    await call.reinvite({ sdp: call.offer().replace('c=IN IP4 127.0.0.1', 'c=IN IP4 0.0.0.0') })
    await bench.until(() => expect(bench.segments()[0]?.captureState).toBe('paused'))
    await call.reinvite({ sdp: true })
    await call.speak(ports, 10)
    await call.bye()
    await expectRecorded(bench, 40)
    expect(bench.segments()).toMatchObject([whole])
  })

  test.each([
    ['an official whose user id is a number', '+358295121001'],
    ['a person missing from the directory', '+358295129999'],
  ])('a call to a short number by %s leaves nothing', async (_, calling) => {
    const user = '86070000017412@agency.example.fi'
    const call = await bench.call({ label: ['1'] })
    const extension = `<extTrackingID>93:1</extTrackingID><userID>${user}</userID><callType><origCall><callingPartyNumber>sip:${calling}@agency</callingPartyNumber><calledPartyNumber>sip:8101@agency;user=phone</calledPartyNumber><dialedDigits>sip:8101@agency</dialedDigits></origCall></callType>`
    const metadata = broadWorks({
      people: [
        [`sip:${user}`, '1'],
        ['sip:8101@agency;user=phone', '1'],
      ],
      extension,
    })
    const { ports } = await call.invite({ sdp: true, metadata, headers: diversion })
    await call.speak(ports, 5)
    // A colleague joins, whom BroadWorks reports with the user id, and the first official leaves.
    const colleagueUser = '86070000017701@agency.example.fi'
    const others = [
      [`sip:${user}`, '1'],
      [colleagueUser, '1'],
    ] as const
    const joined = broadWorks({ people: others, extension })
    expect((await call.reinvite({ sdp: true, metadata: joined, headers: diversion })).status).toBe(200)
    await call.bye()
    await bench.until(() => expect(bench.recorder.live).toBe(0))
    expect(bench.segments()).toEqual([])
    expect(bench.written()).toEqual([])
  })
})

describe('Webex Calling', () => {
  const direct = (called: string) =>
    `<extTrackingID>91:1</extTrackingID><userID>Y2lzY29zcGFyazovL3VzLzE</userID><callType><termCall><callingPartyNumber>+358401234567</callingPartyNumber><calledPartyNumber>${called}</calledPartyNumber></termCall></callType>`

  test('takes the number called of a direct call from calledPartyNumber', async () => {
    const call = await bench.call({})
    await call.invite({
      sdp: true,
      metadata: broadWorks({
        people: [
          ['sip:kq4z1r@int10.bcld.example.com', '1'],
          [people.caller, '2'],
        ],
        extension: direct('+358295121001'),
      }),
    })
    await bench.until(() => expect(bench.segments()).toHaveLength(1))
    expect(bench.segments()[0]).toMatchObject({
      ...{ ...contact, numberCalled: { key: officialKey }, numberReached: { key: officialKey } },
      decision: { reason: 'unknown-number' },
    })
    await call.bye()
  })

  test('reads a participant’s second address like the first', async () => {
    const call = await bench.call({})
    const { ports } = await call.invite({
      ...{ sdp: true, headers: diversion },
      metadata: broadWorks({
        people: [
          [people.caller, '1'],
          [['sip:kq4z1r@int10.bcld.example.com', '+358295121001'], '2'],
        ],
        extension: '<extTrackingID>92:1</extTrackingID>',
      }),
    })
    await call.speak(ports, 10)
    await call.bye()
    await expectRecorded(bench, 20)
    expect(bench.segments()).toMatchObject([whole])
  })
})

describe('Avaya SBCE', () => {
  const standIn = { id: 'abcdefabcdefabcdefabcdef', aor: 'sip:ASBCE@asbce.com' }
  const ringing = metadataOf({ participants: [caller, standIn] })
  const answered = metadataOf({ participants: [caller, official] })

  test('a call is unanswered while the placeholder for the official is reported, and is recorded from the UPDATE that names the official', async () => {
    const call = await bench.call({})
    const { ports } = await call.invite({ sdp: true, metadata: ringing, headers: diversion })
    expect(ports).toHaveLength(2)
    await bench.until(() => expect(bench.segments()).toHaveLength(1))
    expect(bench.segments()[0]).toMatchObject({ decision: { record: false, reason: 'not-answered' } })
    expect(bench.segments()[0]?.answeredAt).toBeUndefined()
    expect(bench.segments()[0]?.recording).toBeUndefined()
    await call.speak(ports, 30)
    const before = Temporal.Now.instant()
    await call.update({ metadata: answered })
    await bench.until(() => expect(bench.segments()[0]?.recording).toBeDefined())
    await call.speak(ports, 10)
    await call.bye()
    await expectRecorded(bench, 20)
    const [segment] = bench.segments()
    expect(segment).toMatchObject({ ...whole, decision: { record: true, reason: 'drawn' } })
    expect(Temporal.Instant.compare(segment!.answeredAt!, before)).not.toBe(-1)
    expect(Temporal.Instant.compare(segment!.recording!.startedAt, before)).not.toBe(-1)
    expect(bench.segments()).toHaveLength(1)
  })

  test('an abandoned call is an unanswered contact without a recording', async () => {
    const call = await bench.call({})
    const { ports } = await call.invite({ sdp: true, metadata: ringing, headers: diversion })
    await call.speak(ports, 20)
    await call.bye()
    await bench.until(() => expect(bench.segments()[0]?.endedAt).toBeDefined())
    expect(bench.segments()).toMatchObject([
      { caller: { key: callerKey }, numberReached: { key: numberKey }, decision: { reason: 'not-answered' } },
    ])
    expect(bench.segments()[0]?.answeredAt).toBeUndefined()
    expect(bench.segments()[0]?.official).toBeUndefined()
    expect(bench.segments()[0]?.recording).toBeUndefined()
    expect(bench.ports.inUse).toBe(0)
  })

  test('a CANCEL that crosses our answer changes nothing, and the BYE after it ends the call as unanswered', async () => {
    const call = await bench.call({})
    const { ports } = await call.invite({ sdp: true, metadata: ringing, headers: diversion })
    expect((await call.cancel()).status).toBe(200)
    await call.speak(ports, 5)
    expect(bench.segments()[0]?.endedAt).toBeUndefined()
    expect((await call.bye()).status).toBe(200)
    await bench.until(() => expect(bench.segments()[0]?.endedAt).toBeDefined())
    expect(bench.segments()).toMatchObject([
      { ...{ caller: { key: callerKey } }, decision: { reason: 'not-answered' } },
    ])
    expect(bench.segments()[0]?.recording).toBeUndefined()
    expect(bench.ports.inUse).toBe(0)
  })
})

describe('a client that offers a third stream', () => {
  test('without metadata for the third: records two separate voices, keeps the third stream beside them, and marks the call', async () => {
    const call = await bench.call({ label: ['1', '2', '3'] })
    const metadata = metadataOf({ participants: [caller, official], labels: ['1', '2', '3'] })
    const { ports } = await call.invite({ sdp: true, metadata, headers: diversion })
    await call.speak(ports, 10)
    await call.bye()
    await expectRecorded(bench, 30)
    expect(await bench.voices(bench.segments()[0])).toEqual({ caller: [100], official: [101], mixed: [102] })
    expect([...bench.segments()[0]!.marks].sort()).toEqual(['mixed-beside', 'needs-review'])
  })
})

describe('Avaya Communication Manager (DMCC), by an application with SIPREC', () => {
  test('joins one mixed stream of an official’s station to its call by the universal call id', async () => {
    const ucid = { 'User-to-User': '00FA080001000260112233;encoding=hex', ...diversion }
    const mixed = { ...caller, label: '1' }
    const metadata = metadataOf({ participants: [mixed, { ...official, label: '1' }], labels: ['1'] })
    const call = await bench.call({ label: ['1'] })
    const { ports } = await call.invite({ sdp: true, metadata, headers: ucid })
    await call.speak(ports, 10)
    await call.bye()
    await expectRecorded(bench, 10)
    expect(bench.segments()).toMatchObject([whole])
    expect(bench.segments()[0]?.callIds.some((id) => id.startsWith('ucid:'))).toBe(true)
  })
})

describe('Genesys, which reports the parties in the recorder’s URI', () => {
  const address = (more: string) =>
    `sip:record=02A1B2C3_2027-03-03@127.0.0.1;calluuid=02A1B2C3;dn=0295121001;otherdn=0401234567;agentid=aino;${more}`
  const incoming = address('ani=0401234567;dnis=029497000')

  test('through Oracle: takes the parties from the URI and not from the metadata, where two of four streams are inactive', async () => {
    const apkt = (isCalling: boolean, more = '') =>
      `<extensiondata xmlns:apkt="http://acmepacket.com/siprec/extensiondata"><apkt:callingParty>${isCalling}</apkt:callingParty>${more}</extensiondata>`
    const metadata = [
      "<recording xmlns='urn:ietf:params:xml:ns:recording'><datamode>complete</datamode><session id='s'></session>",
      `<participant id="a" session="s"><nameID aor="sip:Genesys@127.0.0.1"><name>Genesys</name></nameID><send>st1</send><send>st3</send>${apkt(true, `<apkt:request-uri><${incoming}></apkt:request-uri>`)}</participant>`,
      `<participant id="b" session="s"><nameID aor="sip:record=02A1B2C3_2027-03-03@127.0.0.1"><name>record=02A1B2C3_2027-03-03</name></nameID><send>st2</send><send>st4</send>${apkt(false)}</participant>`,
      ...[1, 2, 3, 4].map((n) => `<stream id="st${n}" session="s"><label>1${n}</label><mode>separate</mode></stream>`),
      '</recording>',
    ].join('\n')
    const call = await bench.call({ label: ['11', '12', '13', '14'] })
    let line = 0
    const sdp = call.offer().replace(/a=sendonly/g, (one) => (line++ % 2 === 1 ? 'a=inactive' : one))
    const { ports } = await call.invite({ sdp, metadata })
    await call.speak(
      ports.map((port, at) => (at % 2 === 0 ? port : 0)),
      10,
    )
    await call.bye()
    await expectRecorded(bench, 20)
    expect(bench.segments()).toMatchObject([{ ...contact, numberReached: { key: numberKey } }])
    expect((await bench.voices(bench.segments()[0])).mixed).toEqual([100, 102])
    expect(bench.segments()[0]?.callIds).toContain('genesysUuid:02A1B2C3')
  })

  test('directly: takes the parties from the URI, with SDP only', async () => {
    const call = await bench.call({ label: [], lines: 2 })
    const { ports } = await call.invite({ sdp: true, uri: incoming })
    await call.speak(ports, 10)
    await call.bye()
    await expectRecorded(bench, 20)
    expect(bench.segments()).toMatchObject([{ ...contact, numberReached: { key: numberKey } }])
  })

  test('keeps nothing of an official’s outgoing call', async () => {
    const call = await bench.call({ label: [], lines: 2 })
    const { ports } = await call.invite({ sdp: true, uri: address('ani=0295121001;dnis=0401234567') })
    await call.speak(ports, 5)
    await call.bye()
    await bench.until(() => expect(bench.recorder.live).toBe(0))
    expect(bench.segments()).toEqual([])
    expect(bench.written()).toEqual([])
  })
})

describe('Genesys, through a session border controller', () => {
  test('joins two sessions of one call by its id, and records one of them', async () => {
    const more =
      '<ac:GenesysUUID xmlns:ac="urn:ietf:params:xml:ns:Genesys">01D2MV8T6C8LJ1EHQ0DDNCG0000001</ac:GenesysUUID>'
    const metadata = (id: string) => metadataOf({ id, participants: [caller, official], more })
    const one = await bench.call({})
    const other = await bench.call({ ssrc: 200 })
    const { ports } = await one.invite({ sdp: true, metadata: metadata('b25l'), headers: diversion })
    await other.invite({ sdp: true, metadata: metadata('b3RoZXI='), headers: diversion })
    await one.speak(ports, 10)
    await other.bye()
    await one.bye()
    await expectRecorded(bench, 20)
    expect(bench.segments()).toMatchObject([whole])
  })
})

describe('Teams Direct Routing, through a session border controller', () => {
  test('takes the official from the number in the Teams user’s identity, and a transfer in Teams is a new official', async () => {
    const user = {
      ...official,
      aor: ['sip:11111111-2222-3333-4444-555555555555@sip.pstnhub.microsoft.com', people.official],
    }
    const call = await bench.call({})
    const { ports } = await call.invite({
      ...{ sdp: true, headers: diversion },
      metadata: metadataOf({ participants: [caller, user] }),
    })
    await call.speak(ports, 10)
    await call.reinvite({ sdp: true, metadata: metadataOf({ participants: [caller, colleague] }) })
    await call.speak(ports, 10)
    await call.bye()
    await bench.until(() => expect(bench.segments().filter(({ recording }) => recording?.stored)).toHaveLength(2))
    expect(bench.segments()).toMatchObject([whole, { ...whole, official: { phone: '+358295121002' } }])
    expect(new Set(bench.segments().map(({ contactId }) => contactId)).size).toBe(1)
  })
})

describe('jambonz', () => {
  test('reads crossed streams of an outgoing leg from its extension, and a pause from SDP only', async () => {
    const more =
      '<extensiondata xmlns:jb="http://jambonz.org/siprec"><jb:callsid>c-1</jb:callsid><jb:direction>outbound</jb:direction><jb:calledNumber>+358295121001</jb:calledNumber><jb:callingNumber>+358401234567</jb:callingNumber></extensiondata>'
    const call = await bench.call({})
    const { ports } = await call.invite({
      ...{ sdp: true, headers: diversion },
      metadata: metadataOf({ participants: [caller, official], more }),
    })
    await call.speak(ports, 10)
    await call.reinvite({ sdp: call.offer('inactive') })
    await call.reinvite({ sdp: true })
    await call.speak(ports, 10)
    await call.bye()
    await expectRecorded(bench, 40)
    expect(bench.segments()).toMatchObject([whole])
    expect(await bench.voices(bench.segments()[0])).toMatchObject({ caller: [101], official: [100] })
  })
})

describe('OpenSIPS', () => {
  test('accepts the callee first, a display name that breaks the XML, and both unchanged re-INVITEs of a hold', async () => {
    const named = { ...caller, name: 'Smith & Sons <Oy>' }
    const metadata = metadataOf({
      participants: [
        { ...official, label: '0' },
        { ...named, label: '1' },
      ],
      labels: ['0', '1'],
    })
    const call = await bench.call({ label: ['0', '1'] })
    const { ports } = await call.invite({ sdp: true, metadata, headers: diversion })
    await call.speak(ports, 10)
    for (let n = 0; n < 2; n++) expect((await call.reinvite({ sdp: true, metadata })).ports).toEqual(ports)
    await call.speak(ports, 10)
    await call.bye()
    await expectRecorded(bench, 40)
    expect(bench.segments()).toMatchObject([{ ...whole, marks: ['needs-review'] }])
    expect(await bench.voices(bench.segments()[0])).toMatchObject({ caller: [101], official: [100] })
  })
})

describe('FreeSWITCH', () => {
  test('records one mixed stream without a label', async () => {
    const call = await bench.call({ label: [], lines: 1 })
    const { ports } = await call.invite({
      ...{ sdp: true, headers: diversion },
      metadata: metadataOf({
        participants: [
          { ...caller, label: '1' },
          { ...official, label: '1' },
        ],
        labels: ['1'],
      }),
    })
    await call.speak(ports, 10)
    await call.bye()
    await expectRecorded(bench, 10)
    expect(bench.segments()[0]).toMatchObject(contact)
    expect((await bench.voices(bench.segments()[0])).mixed).toEqual([100])
  })
})

describe('Kamailio with rtpengine', () => {
  test('accepts SDP only from the route script, and the parties by UPDATE once the call is answered', async () => {
    const call = await bench.call({ label: ['0', '1'] })
    await call.invite({ sdp: true })
    await call.update({
      headers: diversion,
      metadata: metadataOf({
        participants: [
          { ...caller, label: '0' },
          { ...official, label: '1' },
        ],
        labels: ['0', '1'],
      }),
    })
    await bench.until(() => expect(call.offered).toHaveLength(1))
    await call.speak(call.offered[0]!.ports, 10)
    await call.bye()
    await expectRecorded(bench, 20)
    expect(bench.segments()).toMatchObject([whole])
  })
})

describe('other ways to write metadata', () => {
  const metadata = metadataOf({ participants: [caller, official] })
  const wrapped = (encoding: string, content: Buffer) => ({
    type: 'multipart/mixed;boundary=b',
    content: Buffer.concat([
      Buffer.from(`--b\r\nContent-Type: application/sdp\r\n\r\n`),
      Buffer.from('%SDP%'),
      Buffer.from(`\r\n--b\r\nContent-Type: application/rs-metadata+xml\r\n${encoding}\r\n`),
      content,
      Buffer.from('\r\n--b--\r\n'),
    ]),
  })
  const quoted = [...Buffer.from(metadata)]
    .map((byte) =>
      byte === 61 || byte > 126 || byte === 10
        ? `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
        : String.fromCharCode(byte),
    )
    .join('')
    .replace(/.{70}(?![0-9A-F])/g, '$&=\r\n')
  const bom = (text: string, order: 'le' | 'be') => {
    const bytes = Buffer.from(`\ufeff${text}`, 'utf16le')
    return order === 'le' ? bytes : bytes.swap16()
  }

  test.each([
    [
      'base64',
      'Content-Transfer-Encoding: base64\r\n',
      Buffer.from(Buffer.from(metadata).toString('base64').replace(/.{76}/g, '$&\r\n')),
    ],
    ['quoted-printable', 'Content-Transfer-Encoding: quoted-printable\r\n', Buffer.from(quoted)],
    ['UTF-16, little end first', '', bom(metadata.replace('UTF-8', 'UTF-16'), 'le')],
    ['UTF-16, big end first', '', bom(metadata.replace('UTF-8', 'UTF-16'), 'be')],
  ])('%s is read', async (_, encoding, content) => {
    const call = await bench.call({})
    const body = wrapped(encoding, content)
    const [before, after] = splitAt(body.content, '%SDP%')
    const { ports } = await call.invite({
      headers: diversion,
      body: { type: body.type, content: Buffer.concat([before, Buffer.from(call.offer()), after]) },
    })
    await call.speak(ports, 10)
    await call.bye()
    await expectRecorded(bench, 20)
    expect(bench.segments()).toMatchObject([whole])
  })

  function splitAt(bytes: Buffer, mark: string): [Buffer, Buffer] {
    const at = bytes.indexOf(mark)
    return [bytes.subarray(0, at), bytes.subarray(at + mark.length)]
  }
})
