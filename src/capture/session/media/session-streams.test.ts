import { expect, test } from 'vitest'
import { readCodecs } from '../../siprec/read-codecs.ts'
import { codecsOf } from './session-streams.ts'

test('redundant payload is known by its rtpmap, in any case (RFC 2198)', () => {
  const rtpmaps = ['97 red/8000', '98 RED/8000', '99 iLBC/8000'].map((value) => ({ name: 'rtpmap', value }))
  const codecs = codecsOf({ codecs: readCodecs(['0', '97', '98', '99'], rtpmaps) })
  expect(codecs.filter(({ isRedundant }) => isRedundant).map(({ payloadType }) => payloadType)).toEqual([97, 98])
})
