import { expect, test } from 'vitest'
import { parseSdp } from './parse-sdp.ts'
import { remoteMediaOf } from './remote-media.ts'

function media(text: string) {
  const description = parseSdp(text)
  if (description.kind === 'refusal') throw new Error(description.reason)
  return description.media
}

test.each(['\r\n', '\n', '\r'])('lines may end with %j, and the last one without', (lineBreak) => {
  const text = ['v=0', 'c=IN IP4 192.0.2.1', 'm=audio 4000 RTP/AVP 0', 'a=label:1'].join(lineBreak)
  expect(media(text)).toMatchObject([{ port: 4000, label: '1', connectionAddress: '192.0.2.1' }])
})

test('a stream’s connection address takes precedence over the session’s', () => {
  const [first, second] = media(
    'v=0\nc=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 0\nm=audio 4002 RTP/AVP 0\nc=IN IP4 192.0.2.2\n',
  )
  expect([first?.connectionAddress, second?.connectionAddress]).toEqual(['192.0.2.1', '192.0.2.2'])
})

test('static payload types need no rtpmap, and an rtpmap overrides them', () => {
  const [stream] = media(
    'm=audio 4000 RTP/AVP 0 8 18 9 96 97\na=rtpmap:96 Telephone-Event/8000\na=rtpmap:9 L16/44100/2',
  )
  expect(stream?.codecs.map(({ encoding, clockRate, channels }) => [encoding, clockRate, channels])).toEqual([
    ['PCMU', 8000, 1],
    ['PCMA', 8000, 1],
    ['G729', 8000, 1],
    ['L16', 44_100, 2],
    ['TELEPHONE-EVENT', 8000, 1],
    ['', 8000, 1],
  ])
})

test.each([
  [
    '8 101',
    [
      ['PCMA', 8000],
      ['TELEPHONE-EVENT', 8000],
    ],
  ],
  ['101', [['', 8000]]],
  [
    '8 19',
    [
      ['PCMA', 8000],
      ['CN', 8000],
    ],
  ],
  [
    '2 0',
    [
      ['G726-32', 8000],
      ['PCMU', 8000],
    ],
  ],
  [
    '10 14',
    [
      ['L16', 44_100],
      ['MPA', 90_000],
    ],
  ],
  [
    '111 97\na=rtpmap:111 opus/48000/2',
    [
      ['OPUS', 48_000],
      ['', 48_000],
    ],
  ],
  ['111\na=rtpmap:111 opus', [['OPUS', 48_000]]],
  [
    '96 8\na=rtpmap:96 telephone-event',
    [
      ['TELEPHONE-EVENT', 8000],
      ['PCMA', 8000],
    ],
  ],
  ['96\na=rtpmap:96 iLBC/0', [['ILBC', 8000]]],
  ['96\na=rtpmap:96 iLBC/9999999', [['ILBC', 8000]]],
])('each payload type of %j has a clock, with an rtpmap or without', (formats, expected) => {
  const [stream] = media(`m=audio 4000 RTP/AVP ${formats}`)
  expect(stream?.codecs.map(({ encoding, clockRate }) => [encoding, clockRate])).toEqual(expected)
})

test.each([
  ['c=IN IP4 192.0.2.7', { address: '192.0.2.7', basis: 'sdp' }],
  ['c=IN IP6 2001:db8::7', { address: '2001:db8::7', basis: 'sdp' }],
  ['c=IN IP4 0.0.0.0', { address: '198.51.100.1', basis: 'signalling' }],
  ['c=IN IP6 2001:DB8:0:0:0:0:0:7', { address: '2001:db8::7', basis: 'sdp' }],
  ['c=IN IP6 ::', { address: '198.51.100.1', basis: 'signalling' }],
  ['c=IN IP4 media.example.net', { address: '198.51.100.1', basis: 'signalling' }],
  ['c=IN IP4 239.1.1.1/127', { address: '198.51.100.1', basis: 'signalling' }],
  ['', { address: '198.51.100.1', basis: 'signalling' }],
])('with "%s" media is expected from %j', (connection, remote) => {
  const [stream] = media(`v=0\n${connection}\nm=audio 4000 RTP/AVP 0\n`)
  expect(remoteMediaOf(stream!, '198.51.100.1')).toEqual({ ...remote, port: 4000 })
})

test('an unparsable media line keeps its position', () => {
  expect(media('m=audio x RTP/AVP 0\nm=audio 4000 RTP/AVP 0\nm=\nm=audio 70000 RTP/AVP 0')).toMatchObject([
    { readable: false },
    { readable: true },
    { readable: false },
    { readable: false },
  ])
})

test('two streams with one label are a problem', () => {
  expect(parseSdp('m=audio 1 RTP/AVP 0\na=label:1\nm=audio 3 RTP/AVP 0\na=label:1')).toMatchObject({
    problems: ['sdp-label-repeated'],
  })
})
