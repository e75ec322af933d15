import { expect, test } from 'vitest'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import { headersOf } from './read-header-value.ts'
import { readInvitation } from './read-invitation.ts'
import { cpuMs } from '#test/house/cpu-ms.ts'

const sdp = 'v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 8\r\na=label:1\r\n'
const many = (count: number, piece: (n: number) => string) => Array.from({ length: count }, (_, n) => piece(n)).join('')
const nested = (depth: number): string =>
  depth === 0
    ? sdp
    : `--b${depth}\r\nContent-Type: multipart/mixed;boundary=b${depth - 1}\r\n\r\n${nested(depth - 1)}\r\n--b${depth}--\r\n`
const wrap = (metadata: string) =>
  `--b\r\n\r\n${sdp}\r\n--b\r\nContent-Type: application/rs-metadata\r\n\r\n${metadata}\r\n--b--`

const bodies: [string, string, [string, string][]][] = [
  ['delimiters only', '--b\r\n'.repeat(13_000), []],
  ['lines that only begin like a delimiter', `--b\r\n${'--bx\r\n'.repeat(10_000)}`, []],
  ['a hundred nested parts', nested(100), []],
  ['blank lines', '\n'.repeat(65_000), []],
  ['header lines', `--b\r\n${'A: b\r\n'.repeat(10_000)}`, []],
  ['one long line', `--b\r\n${'x'.repeat(65_000)}`, []],
  [
    'thirty media lines of sixty codecs',
    `v=0\r\n${many(30, () => `m=audio 2 RTP/AVP ${many(60, (n) => `${n} `)}\r\n${many(25, (n) => `a=rtpmap:${n} X/8000\r\n`)}`)}`,
    [],
  ],
  [
    'two thousand participants',
    wrap(`<recording>${many(1900, (n) => `<participant id="${n}" aor="+3584${n}"/>`)}</recording>`),
    [],
  ],
  [
    'a participant with a thousand addresses',
    wrap(`<recording><participant id="1">${many(1900, (n) => `<nameID aor="+3584${n}"/>`)}</participant></recording>`),
    [],
  ],
  [
    'two thousand links',
    wrap(
      `<recording><participant id="p"/>${many(1900, (n) => `<participantstreamassoc participant_id="p"><send>${n}</send></participantstreamassoc>`).slice(0, 60_000)}</recording>`,
    ),
    [],
  ],
  [
    'extensions without end',
    wrap(
      `<recording><participant id="p">${many(600, () => '<extensiondata><header label="Diversion"><value>+358401234567</value></header></extensiondata>')}</participant></recording>`,
    ),
    [],
  ],
  [
    'addresses without end',
    sdp,
    many(16, () => 'x')
      .split('')
      .map(() => ['Diversion', many(400, (n) => `<tel:+3584${n}>,`)]),
  ],
  [
    'brackets without end',
    sdp,
    [
      ['From', '<'.repeat(60_000)],
      ['Privacy', ';'.repeat(60_000)],
      ['Diversion', '"\\'.repeat(30_000)],
    ],
  ],
]

/** CPU milliseconds of reading an invitation, the least of several. */
function readingMs(body: string, headers: [string, string][]): number {
  const timings = [1, 2, 3, 4, 5, 6].map(() => {
    const before = cpuMs()
    readInvitation(
      {
        contentType: 'multipart/mixed;boundary=b',
        body,
        headers: headersOf(headers),
        sourceAddress: '198.51.100.7',
      },
      {
        arrivedAtMs: 0,
        normalise: (raw) => normalisePhoneNumber(raw),
        directory: { findNumber: () => undefined, findOfficial: () => undefined },
      },
    )
    return cpuMs() - before
  })
  return Math.min(...timings)
}

test.each(bodies)(
  '%s: parsed in less than 50 ms, or on a slow machine at least not in quadratic time',
  (_, body, headers) => {
    const whole = readingMs(body.slice(0, 65_536), headers)
    if (whole < 50) return
    const quarter = (text: string) => text.slice(0, text.length / 4)
    const ofQuarter = readingMs(
      quarter(body.slice(0, 65_536)),
      headers.map(([name, value]) => [name, quarter(value)]),
    )
    // Linear time would be four times as much, quadratic time sixteen times.
    expect(whole).toBeLessThan(10 * ofQuarter)
  },
)
