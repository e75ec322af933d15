import { describe, expect, test } from 'vitest'
import { answerOffer, offerStream, planStreams, type AnswerOptions } from './answer-offer.ts'
import { parseSdp } from './parse-sdp.ts'

const base: AnswerOptions = {
  address: '203.0.113.9',
  origin: { sessionId: '777', version: 3 },
  ports: new Map([
    [0, 30_000],
    [1, 30_002],
    [2, 30_004],
  ]),
  mode: 'record',
}

function lines(text: string) {
  return [
    'v=0',
    'o=- 9 9 IN IP4 192.0.2.1',
    's=-',
    'c=IN IP4 192.0.2.1',
    't=0 0',
    ...text.trim().split(/\s*\n\s*/),
  ].join('\r\n')
}

function answer(media: string, options: Partial<AnswerOptions> = {}) {
  const offer = parseSdp(lines(media))
  if (offer.kind === 'refusal') return offer
  return answerOffer(offer, planStreams(offer, '198.51.100.1'), { ...base, ...options })
}

function textOf(media: string, options: Partial<AnswerOptions> = {}): string {
  const result = answer(media, options)
  if (result.kind === 'refusal') throw new Error(result.reason)
  return result.text
}

describe('an answer', () => {
  test('is complete: own origin, every payload type, label, recvonly, final line break', () => {
    const offer = `m=audio 4000 RTP/AVP 8 0 96 13
      a=rtpmap:8 PCMA/8000
      a=rtpmap:96 telephone-event/8000
      a=fmtp:96 0-15,16
      a=ptime:20
      a=rtcp-mux
      a=label:16777227
      a=sendonly`
    expect(textOf(offer)).toBe(
      [
        'v=0',
        'o=seloste 777 3 IN IP4 203.0.113.9',
        's=-',
        'c=IN IP4 203.0.113.9',
        't=0 0',
        'm=audio 30000 RTP/AVP 8 0 96 13',
        'a=rtpmap:8 PCMA/8000',
        'a=rtpmap:96 telephone-event/8000',
        'a=fmtp:96 0-15,16',
        'a=ptime:20',
        'a=label:16777227',
        'a=rtcp-mux',
        'a=recvonly',
        '',
      ].join('\r\n'),
    )
  })

  test.each([
    ['a=sendonly', 'recvonly'],
    ['a=sendrecv', 'recvonly'],
    ['', 'recvonly'],
    ['a=inactive', 'inactive'],
    ['a=recvonly', 'inactive'],
  ])('to "%s" is %s', (direction, expected) => {
    const text = textOf(`m=audio 4000 RTP/AVP 8\n${direction}`)
    expect(text.match(/a=(?:sendrecv|sendonly|recvonly|inactive)/g)).toEqual([`a=${expected}`])
  })

  test('accepts one port for RTP and RTCP on the lines that offer it, unless a payload type could be mistaken for RTCP', () => {
    const lines = ['RTP/AVP 8\na=rtcp-mux', 'RTP/AVP 8', 'RTP/AVP 8 95\na=rtpmap:95 opus/48000/2\na=rtcp-mux']
    const text = textOf(lines.map((line, at) => `m=audio ${4000 + 2 * at} ${line}`).join('\n'))
    expect(
      text
        .split(/^m=/m)
        .slice(1)
        .map((section) => section.includes('a=rtcp-mux\r\n')),
    ).toEqual([true, false, false])
  })

  test('keeps every media line in its place and refuses all but plain audio with port 0', () => {
    const text = textOf(`m=video 5000 RTP/AVP 97
      a=rtpmap:97 H264/90000
      a=label:3
      m=audio 4000 RTP/AVP 8
      m=audio 0 RTP/AVP 8
      m=application 9 UDP/BFCP *
      m=audio 4002 RTP/SAVP 8
      m=gibberish`)
    expect(text.match(/^m=.*$/gm)).toEqual([
      'm=video 0 RTP/AVP 97',
      'm=audio 30002 RTP/AVP 8',
      'm=audio 0 RTP/AVP 8',
      'm=application 0 UDP/BFCP *',
      'm=audio 0 RTP/SAVP 8',
      'm=audio 0 RTP/AVP 0',
    ])
    expect(text).toContain('a=label:3')
  })

  test('applies the session’s direction to every stream without a direction of its own', () => {
    const text = textOf('a=inactive\nm=audio 4000 RTP/AVP 8\nm=audio 4002 RTP/AVP 8\na=sendonly')
    expect(text.match(/a=(?:recvonly|inactive)/g)).toEqual(['a=inactive', 'a=recvonly'])
  })

  test('for a history-only call is inactive on the discard port, and opens no port', () => {
    const text = textOf('m=audio 4000 RTP/AVP 8\nm=audio 4002 RTP/AVP 8', { mode: 'historyOnly', ports: new Map() })
    expect(text.match(/^m=.*$/gm)).toEqual(['m=audio 9 RTP/AVP 8', 'm=audio 9 RTP/AVP 8'])
    expect(text).not.toContain('recvonly')
  })

  test('repeats the time line of the offer', () => {
    const offer = parseSdp(
      'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=3030 4040\r\nm=audio 4000 RTP/AVP 8\r\n',
    )
    if (offer.kind === 'refusal') throw new Error(offer.reason)
    expect(answerOffer(offer, planStreams(offer, '198.51.100.1'), base)).toMatchObject({
      text: expect.stringContaining('t=3030 4040'),
    })
  })

  test('writes IP6 for an IPv6 address', () => {
    expect(textOf('m=audio 4000 RTP/AVP 8', { address: '2001:db8::9' })).toContain('c=IN IP6 2001:db8::9')
  })

  test('echoes a label of any script, and nothing with control characters', () => {
    const text = textOf('m=audio 4000 RTP/AVP 8\na=label:ääni-☎\na=fmtp:8 x\u0001y')
    expect(text).toContain('a=label:ääni-☎\r\n')
    expect(text).not.toContain('fmtp')
  })
})

describe('the formats of an answer', () => {
  const formatsOf = (media: string, options: Parameters<typeof planStreams>[2] = {}) => {
    const offer = parseSdp(lines(`m=audio 4000 RTP/AVP ${media}`))
    if (offer.kind === 'refusal') throw new Error(offer.reason)
    const result = answerOffer(offer, planStreams(offer, '198.51.100.1', options), base)
    if (result.kind === 'refusal') throw new Error(result.reason)
    const [, formats] = /^m=audio 30000 RTP\/AVP (.*)\r$/m.exec(result.text)!
    return { formats, storage: result.streams[0]!.storage, text: result.text }
  }

  test.each([
    ['18 0 8', {}, '0 8', 'playable'],
    ['18 0 8', { plays: ['G729'] }, '0 8 18', 'playable'],
    ['18 3 0', { plays: ['G729', 'GSM'] }, '0 3 18', 'playable'],
    ['3 101', { plays: ['GSM'] }, '3 101', 'playable'],
    ['3 101', { plays: ['G729'] }, '3 101', 'asArrives'],
    ['18 0 8', { answersAll: true }, '0 8 18', 'playable'],
    ['2 0 8 101', {}, '0 8 2 101', 'playable'],
    ['5 101', {}, '5 101', 'playable'],
    ['3 0 8 101', {}, '0 8 101', 'playable'],
    ['4 101 9 8 13', {}, '9 8 101 13', 'playable'],
    ['8 8 0', {}, '8 0', 'playable'],
    ['18 101', {}, '18 101', 'asArrives'],
    ['18 101', { plays: ['G729'] }, '18 101', 'playable'],
    ['4 18', {}, '4 18', 'asArrives'],
    ['97 8', {}, '8', 'playable'],
  ] as const)('to %s (%j) are %s', (media, options, formats, storage) => {
    expect(formatsOf(media, options)).toMatchObject({ formats, storage })
  })

  test('include their own attributes, and no others', () => {
    const { text } = formatsOf(`18 8 96
      a=fmtp:18 annexb=no
      a=rtpmap:18 G729/8000
      a=rtpmap:96 telephone-event/8000
      a=fmtp:96 0-15`)
    expect(text).toContain(
      'm=audio 30000 RTP/AVP 8 96\r\na=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-15\r\na=recvonly',
    )
  })
})

test.each([
  ['m=video 5000 RTP/AVP 97', 'No Audio In Offer'],
  ['m=audio 4000 RTP/SAVP 8', 'SRTP Keys Only Over TLS'],
  ['m=audio 4000 UDP/TLS/RTP/SAVP 8', 'Only RTP Or SRTP With SDES Keys'],
  ['m=audio 0 RTP/AVP 8', 'No Audio In Offer'],
  ['', 'No Media In Offer'],
])('an offer without acceptable audio (%s) is refused with 488', (media, reason) => {
  expect(answer(media)).toEqual({ kind: 'refusal', status: 488, reason })
})

test('a later offer may close every stream', () => {
  expect(textOf('m=audio 0 RTP/AVP 8', { reoffer: true })).toContain('m=audio 0 RTP/AVP 8')
})

test('our own offer, for an INVITE without an offer, is receive-only', () => {
  const text = offerStream({
    address: '203.0.113.9',
    origin: { sessionId: '1', version: 1 },
    mode: 'record',
    port: 30_000,
  })
  expect(parseSdp(text)).toMatchObject({ media: [{ direction: 'recvonly', port: 30_000 }], problems: [] })
})
