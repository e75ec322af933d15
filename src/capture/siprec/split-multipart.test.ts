import { describe, expect, test } from 'vitest'
import { maxBodyBytes, splitMultipart } from './split-multipart.ts'

const sdp = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n'
const xml = '<?xml version="1.0"?>\r\n<recording xmlns="urn:ietf:params:xml:ns:recording:1"/>\r\n'

function split(contentType: string | undefined, body: string | Uint8Array) {
  const result = splitMultipart(contentType, body)
  if (result.kind === 'refusal') throw new Error(`${result.status} ${result.reason}`)
  return result
}

function multipart(boundary: string, ...parts: string[]): string {
  return parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('') + `--${boundary}--\r\n`
}

const typedSdp = `Content-Type: application/sdp\r\n\r\n${sdp}`
const typedXml = `Content-Type: application/rs-metadata+xml\r\n\r\n${xml}`

describe('a multipart body', () => {
  test('has both parts in either order', () => {
    for (const body of [multipart('b', typedSdp, typedXml), multipart('b', typedXml, typedSdp)]) {
      expect(split('multipart/mixed;boundary=b', body)).toMatchObject({
        found: 'both',
        sdp,
        metadata: xml,
        problems: [],
      })
    }
  })

  test('may have a quoted boundary with blanks and a differently written parameter name', () => {
    expect(split('Multipart/Mixed; charset=x; BOUNDARY = "a b;c"', multipart('a b;c', typedSdp))).toMatchObject({
      found: 'sdp',
    })
  })

  test('is not split at a line that only begins like its delimiter', () => {
    const result = split(
      'multipart/mixed;boundary=b',
      multipart('b', `Content-Type: application/sdp\r\n\r\n${sdp}--bc\r\n`),
    )
    expect(result.sdp).toContain('--bc')
  })

  test('is read even if its boundary is missing or wrong', () => {
    expect(split('multipart/mixed', multipart('x', typedSdp)).problems).toEqual(['multipart-boundary-missing'])
    expect(split('multipart/mixed;boundary=y', multipart('x', typedSdp)).problems).toEqual([
      'multipart-boundary-mismatch',
    ])
  })

  test('is read without its closing delimiter', () => {
    const open = multipart('b', typedSdp, typedXml).replace('--b--\r\n', '')
    expect(split('multipart/mixed;boundary=b', open)).toMatchObject({
      found: 'both',
      problems: ['multipart-not-closed'],
    })
  })

  test('is recognised by content if parts have no headers at all', () => {
    expect(split('multipart/mixed;boundary=b', multipart('b', sdp, xml))).toMatchObject({
      found: 'both',
      problems: ['part-type-missing'],
    })
  })

  test('keeps the first of two SDP parts and reports it', () => {
    const other = typedSdp.replace('4000', '4002')
    const result = split('multipart/mixed;boundary=b', multipart('b', typedSdp, other))
    expect(result).toMatchObject({ sdp, problems: ['sdp-repeated'] })
  })

  test('nested beyond the limit is not read', () => {
    let body = typedSdp
    for (let depth = 0; depth < 8; depth++) {
      body = `Content-Type: multipart/mixed;boundary=n${depth}\r\n\r\n${multipart(`n${depth}`, body)}`
    }
    const result = splitMultipart('multipart/mixed;boundary=o', multipart('o', typedXml, body))
    expect(result).toMatchObject({ found: 'metadata', problems: ['multipart-too-deep'] })
  })

  test('with more parts than allowed is read up to the limit', () => {
    const many = Array.from({ length: 100 }, () => 'Content-Type: text/plain\r\n\r\nx')
    const result = splitMultipart('multipart/mixed;boundary=b', multipart('b', typedSdp, ...many))
    expect(result).toMatchObject({ found: 'sdp', problems: ['multipart-too-many-parts'] })
  })
})

test('text that is not UTF-8 is read as ISO 8859-1', () => {
  const body = Buffer.from(xml.replace('/>', '><x>Mäki</x></recording>'), 'latin1')
  expect(split('application/rs-metadata', body)).toMatchObject({ problems: ['body-not-utf8'] })
  expect(split('application/rs-metadata', body).metadata).toContain('Mäki')
})

test('an empty body is a delayed offer', () => {
  expect(split(undefined, '')).toMatchObject({ found: 'nothing' })
})

test('a body without a type is recognised by its content', () => {
  expect(split(undefined, sdp).found).toBe('sdp')
  expect(split('', multipart('q', typedSdp, typedXml)).found).toBe('both')
})

test('a body that is neither SDP nor metadata is refused with 415, without quoting it', () => {
  expect(splitMultipart('text/plain', 'hello 0401234567')).toEqual({
    kind: 'refusal',
    status: 415,
    reason: 'No SDP And No Recording Metadata',
  })
})

test('a body above the limit is refused with 413', () => {
  expect(splitMultipart('application/sdp', 'v=0\r\n'.padEnd(maxBodyBytes + 1, 'x'))).toMatchObject({ status: 413 })
})
