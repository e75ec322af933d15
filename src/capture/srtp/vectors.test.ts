import { createSecretKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { CounterMode } from './counter-mode.ts'
import { deriveKey } from './derive-keys.ts'
import { HmacSha1 } from './hmac-sha1.ts'
import { RtpOpener } from './open-rtp.ts'
import { GcmCipher } from './packet-cipher.ts'
import { RtcpOpener, RtcpSealer } from './protect-rtcp.ts'
import { suiteNamed, type MasterKey } from './suites.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')

describe('the key stream equals that of the RFCs', () => {
  test.each([
    [
      'RFC 3711 B.2',
      '2B7E151628AED2A6ABF7158809CF4F3C',
      'E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0',
      'EC8CDF7398607CB0F2D21675EA9EA1E4 362B7C3C6773516318A077D7FC5073AE 6A2CC3787889374FBEB4C81B17BA6C44',
    ],
    [
      'RFC 6188 7.1',
      '57f82fe3613fd170a85ec93c40b1f0922ec4cb0dc025b58272147cc438944a98',
      '92bdd28a93c3f52511c677d08b5515a4 9da71b2378a854f67050756ded165bac 63c4868b7096d88421b563b8c94c9a31',
      'cea518c90fd91ced9cbb18c078a54711 3dbc4814f4da5f00a08772b63c6a046d 6eb246913062a16891433e97dd01a57f',
    ],
  ])('%s: its first blocks and its last', (_source, key, first, last) => {
    // 0xff02 blocks of a packet of maximum length, longer than a datagram.
    const stream = Buffer.alloc(16 * 0xff02)
    new CounterMode(hex(key), hex('F0F1F2F3F4F5F6F7F8F9FAFBFCFD')).apply(stream, 0, stream.length, 0, 0, 0)
    expect(stream.subarray(0, 48)).toEqual(hex(first))
    expect(stream.subarray(-48)).toEqual(hex(last))
  })
})

describe('session keys are derived as in the RFCs', () => {
  test.each([
    [
      'RFC 3711 B.3',
      'E1F97A0D3E018BE0D64FA32C06DE4139',
      '0EC675AD498AFEEBB6960B3AABE6',
      'C61E7A93744F39EE10734AFE3FF7A087',
      `CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCEE049646C43D9327AD175578EF7227098
       6371C10C9A369AC2F94A8C5FBCDDDC256D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB60DBDFB2`,
      '30CBBC08863D8C85D49DB34A9AE1',
    ],
    [
      'RFC 6188 7.2',
      'f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6',
      '3b04803de51ee7c96423ab5b78d2',
      '5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4',
      'fd9c32d39ed5fbb5a9dc96b30818454d1313dc05',
      'fa31791685ca444a9e07c6c64e93',
    ],
  ])('%s', (_source, key, salt, ...expected) => {
    for (const [label, derived] of expected.entries()) {
      expect(deriveKey(hex(key), hex(salt), label, hex(derived).length)).toEqual(hex(derived))
    }
  })
})

test('HMAC-SHA1 equals that of RFC 2202', () => {
  const digest = new HmacSha1(Buffer.from('Jefe')).digest(Buffer.from('what do ya want for nothing?'), 28)
  expect(Buffer.from(digest, 'latin1')).toEqual(hex('effcdf6ae5eb2fa2d27416d5f184df9c259a7c79'))
})

describe('AES-GCM equals that of RFC 7714', () => {
  const salt = hex('517569642070726f2071756f')
  const key = (bytes: number) => Buffer.from(Array.from({ length: bytes }, (_, i) => i))
  const cipher = (bytes: number) => new GcmCipher({ encryption: key(bytes), authentication: Buffer.alloc(0), salt })
  const header = '8040f17b8041f8d35501a0b2'

  test.each([
    [
      '16.1',
      16,
      'f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833 899d7f27beb16a9152cf765ee4390cce',
    ],
    [
      '16.2',
      32,
      '32b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b 7aa3db36dfffd6b0f9bb7878d7a76c13',
    ],
  ])('section %s: an RTP packet is opened', (_section, bytes, sealed) => {
    const packet = hex(header + sealed)
    const tagAt = packet.length - 16
    expect(cipher(bytes).openRtp(packet, 12, tagAt, tagAt, 0x5501a0b2, 0, 0xf17b)).toBe(true)
    expect(packet.toString('latin1', 12, tagAt)).toBe('Gallia est omnis divisa in partes tres')
  })

  const report =
    '81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef'
  test.each([
    [
      '17.1',
      16,
      `81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275b
       c84aa45896cf4d2fc5abf87245d9eade 800005d4`,
    ],
    [
      '17.2',
      32,
      `81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be8415f658c61de0476f1b6fad
       1d1eb30c4446839f57ff6f6cb26ac3be 800005d4`,
    ],
  ])('section %s: an RTCP packet is sealed and opened', (_section, bytes, sealed) => {
    const ssrc = 0x4d617273
    expect(cipher(bytes).sealRtcp(hex(report), ssrc, 0x5d4)).toEqual(hex(sealed))
    const packet = hex(sealed)
    const tagAt = packet.length - 20
    expect(cipher(bytes).openRtcp(packet, tagAt, packet.length - 4, tagAt, ssrc, 0x8000_05d4)).toBe(true)
    expect(packet.subarray(0, tagAt)).toEqual(hex(report))
  })
})

interface Packet {
  plain: string
  sealed: string
}
interface Vector {
  suite: string
  key: string
  mki: string
  packets: Packet[]
  reports: Packet[]
}
const libsrtp = JSON.parse(
  readFileSync(new URL('../../../test/vectors/srtp/libsrtp.json', import.meta.url), 'utf8'),
) as Vector[]

describe('packets sealed by libsrtp are opened, and only once', () => {
  test.each(libsrtp.map((vector) => [`${vector.suite}${vector.mki && ', with an MKI'}`, vector] as const))(
    '%s',
    (_name, vector) => {
      const master: MasterKey = {
        suite: suiteNamed(vector.suite)!,
        secret: createSecretKey(hex(vector.key)),
        ...(vector.mki && { mki: hex(vector.mki) }),
      }
      const rtp = new RtpOpener(master)
      for (const { plain, sealed } of vector.packets) {
        const bytes = hex(sealed)
        const size = rtp.open(bytes, bytes.length)
        expect(bytes.toString('hex', 0, Math.max(0, size))).toBe(plain)
        expect(rtp.open(hex(sealed), bytes.length)).toBeLessThan(0)
      }
      const rtcp = new RtcpOpener(master)
      for (const { plain, sealed } of vector.reports) {
        expect(rtcp.open(hex(sealed))?.toString('hex')).toBe(plain)
        expect(rtcp.open(hex(sealed))).toBeUndefined()
      }
    },
  )

  test('our reports are sealed as libsrtp seals them', () => {
    for (const { suite, key, mki, reports } of libsrtp) {
      if (mki) continue
      const sealer = new RtcpSealer({ suite: suiteNamed(suite)!, secret: createSecretKey(hex(key)) })
      // libsrtp counts from 1.
      sealer.seal(hex(reports[0]!.plain))
      for (const { plain, sealed } of reports) expect(sealer.seal(hex(plain)).toString('hex')).toBe(sealed)
    }
  })
})
